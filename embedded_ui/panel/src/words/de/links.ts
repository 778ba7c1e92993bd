// Was bei einem Link steht, dem Kunden folgen, und bei seinem QR-Code.
import type { LinkWords } from "../en/links";

export const links: LinkWords = {
  code: (channel: string) => `QR-Code für ${channel}`,
  link: (channel: string) => `Link für ${channel}`,
  copy: "Kopieren",
  copied: "Kopiert",
  copyLink: (channel: string) => `Link für ${channel} kopieren`,
  toChannel: (channel) => `Zu ${channel} in den Einstellungen`,
  svg: "SVG",
  png: "PNG",
  download: (channel: string, kind: string) => `QR-Code für ${channel} als ${kind} sichern`,
};
