// What the server names, in words of the panel's.

/** Give the label of what the server names, in the language of the page. */
export const labelOf = (labels: Record<string, string>, { name, label }: { name: string; label: string }) =>
  labels[name] ?? label;
