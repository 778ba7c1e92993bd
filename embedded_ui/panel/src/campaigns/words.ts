// The words of the campaigns' pages, in the language of the page; only that one is loaded.
import { language } from "../language";
import type { CampaignWords } from "../words/en/campaigns";

export const words: CampaignWords =
  language === "de"
    ? (await import("../words/de/campaigns")).campaigns
    : (await import("../words/en/campaigns")).campaigns;
