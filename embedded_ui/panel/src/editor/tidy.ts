// The few elements that a text may hold; whatever was pasted or typed is written down in them alone.

const MARKS: Record<string, string> = { B: "strong", STRONG: "strong", I: "em", EM: "em", U: "u" };
const LISTS: Record<string, string> = { UL: "ul", OL: "ol" };
const PARAGRAPHS = new Set(
  "P DIV H1 H2 H3 H4 H5 H6 BLOCKQUOTE SECTION ARTICLE HEADER FOOTER MAIN TABLE TBODY THEAD TR TD TH PRE LI".split(" "),
);
const NOTHING = new Set("SCRIPT STYLE TEMPLATE IFRAME OBJECT HEAD TITLE NOSCRIPT SVG MATH".split(" "));

/** Give HTML in the elements that a text may hold; it runs nothing on the way. */
export const tidy = (html: string): string =>
  written(new DOMParser().parseFromString(html, "text/html").body);

/** Write down what is in an element. */
export function written(root: Node): string {
  const parts = paragraphs(root);
  while (parts.length && isEmpty(parts.at(-1)!)) parts.pop();
  return parts.join("");
}

const isEmpty = (part: string) => part === "<p></p>" || part === "<p><br></p>";

function paragraphs(node: Node): string[] {
  const parts: string[] = [];
  let run = "";
  const flush = () => {
    if (run.trim()) parts.push(`<p>${run.trim()}</p>`);
    run = "";
  };
  for (const child of node.childNodes) {
    const name = child.nodeName.toUpperCase();
    if (NOTHING.has(name)) continue;
    if (LISTS[name]) {
      flush();
      parts.push(list(child, LISTS[name]));
    } else if (PARAGRAPHS.has(name)) {
      flush();
      const within = paragraphs(child);
      parts.push(...(within.length ? within : ["<p><br></p>"]));
    } else {
      run += inline(child);
    }
  }
  flush();
  return parts;
}

function list(node: Node, name: string): string {
  const items = [...node.childNodes].filter((child) => child.nodeType === Node.ELEMENT_NODE);
  return `<${name}>${items.map((item) => `<li>${inItem(item)}</li>`).join("")}</${name}>`;
}

const inItem = (item: Node): string =>
  [...item.childNodes]
    .map((child) => {
      const name = LISTS[child.nodeName.toUpperCase()];
      return name ? list(child, name) : inline(child);
    })
    .join("")
    .trim();

function inline(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return escaped((node.textContent ?? "").replace(/\u00a0/g, " "));
  if (!(node instanceof Element) && node.nodeType !== Node.ELEMENT_NODE) return "";
  const name = node.nodeName.toUpperCase();
  if (NOTHING.has(name)) return "";
  if (name === "BR") return "<br>";
  const within = [...node.childNodes].map(inline).join("");
  if (!within) return "";
  if (name === "A") return linked(node as HTMLAnchorElement, within);
  return marksOf(node as HTMLElement, name).reduce((text, mark) => `<${mark}>${text}</${mark}>`, within);
}

function linked(link: HTMLAnchorElement, within: string): string {
  const href = (link.getAttribute("href") ?? "").trim();
  return /^(https?:|mailto:|tel:|{{)/i.test(href) ? `<a href="${quoted(href)}">${within}</a>` : within;
}

/** Other programs say bold and italic by styles. */
function marksOf(node: HTMLElement, name: string): string[] {
  if (MARKS[name]) return [MARKS[name]];
  const style = name === "SPAN" ? node.style : null;
  const marks = [];
  if (style && (style.fontWeight === "bold" || Number(style.fontWeight) >= 600)) marks.push("strong");
  if (style?.fontStyle === "italic") marks.push("em");
  return marks;
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const quoted = (text: string) => escaped(text).replaceAll('"', "&quot;");
