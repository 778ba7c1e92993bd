// What is wrong with something, and what to do about it, as one line.

export const sentenceOf = ({ message, remedy = "" }: { message: string; remedy?: string }) =>
  `${message.charAt(0).toUpperCase()}${message.slice(1).replace(/\.$/, "")}. ${remedy}`;
