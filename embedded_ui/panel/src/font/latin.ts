// The panel's font for Latin text, asked for once the scripts are there: before, it would share a slow line with what
// draws the page. It comes while the page is being drawn; what stands there until then is as wide (`panel.html`).
import file from "./inter-latin-wght-normal.woff2";

const SCRIPT =
  "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD";

const face = new FontFace("Inter Variable", `url(${file}) format("woff2")`, { weight: "100 900", display: "swap", unicodeRange: SCRIPT });
document.fonts.add(face);
void face.load().catch(() => undefined); // without it the page is read in the next best one
