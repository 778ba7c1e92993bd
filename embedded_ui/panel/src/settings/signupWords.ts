// The words of the settings' sign-up form, in the language of the page.
import { language } from "../language";
import type { SignupWords } from "../words/en/signup";

export const words: SignupWords =
  language === "de" ? (await import("../words/de/signup")).signup : (await import("../words/en/signup")).signup;
