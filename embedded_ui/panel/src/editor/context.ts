// What every part of the editor may know and do: the template, the chosen block, what is wrong.
import { createContext, useContext } from "react";
import type { Issue, TagList } from "../types";
import type { Block, BlockTemplate, Template } from "./blocks";
import type { About, Reader } from "./calls";

export type Editing = {
  template: Template;
  about: About;
  reader: Reader;
  tags: TagList | undefined;
  issues: Issue[];
  chosen: string | null;
  choose: (id: string | null) => void;
  /** Write the template anew; edits of one field in quick succession are one thing to undo. */
  edit: (template: Template, field?: string) => unknown;
  /** Tell what was done to those who don't see it. */
  say: (text: string) => void;
};

const Context = createContext<Editing | null>(null);
export const EditingProvider = Context.Provider;

export function useEditing(): Editing {
  const value = useContext(Context);
  if (!value) throw new Error("useEditing needs the editor around it");
  return value;
}

/** The same, for parts that are only there while the message is made of blocks. */
export function useBlocks() {
  const editing = useEditing();
  const template = editing.template as BlockTemplate;
  const put = (blocks: Block[], field?: string) => editing.edit({ ...template, blocks }, field);
  return { ...editing, template, blocks: template.blocks, put };
}

/** Give what is wrong with one field, in the words of the checks. */
export const issueOf = (issues: Issue[], block: string | null, field: string) =>
  issues.find((issue) => issue.block === block && issue.field === field);
