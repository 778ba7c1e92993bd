// What a link says that customers follow, and its QR code.
export const links = {
  code: (channel: string) => `QR code for ${channel}`,
  link: (channel: string) => `Link for ${channel}`,
  copy: "Copy",
  copied: "Copied",
  copyLink: (channel: string) => `Copy the link for ${channel}`,
  toChannel: (channel: string) => `To ${channel} in the settings`,
  svg: "SVG",
  png: "PNG",
  download: (channel: string, kind: string) => `Save the QR code for ${channel} as ${kind}`,
};

export type LinkWords = typeof links;
