// A question that nothing goes on without: asked in a dialog of its own, which is loaded when it is wanted.
import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { FormEvent, ReactNode } from "react";

export type QuestionProps = {
  isOpen: boolean;
  open: (isOpen: boolean) => void;
  title: string;
  text: string;
  /** What leaves everything as it is. */
  keep: string;
  /** The button that does it. */
  act: ReactNode;
  children?: ReactNode;
  submit?: (event: FormEvent) => void;
};

export default function Question({ isOpen, open, title, text, keep, act, children, submit }: QuestionProps) {
  const asked = (
    <>
      <AlertDialog.Title render={<h2 />}>{title}</AlertDialog.Title>
      <AlertDialog.Description>{text}</AlertDialog.Description>
      {children}
      <div className="inline">
        <AlertDialog.Close className="btn">{keep}</AlertDialog.Close>
        {act}
      </div>
    </>
  );
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={open}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup className="dialog">{submit ? <form onSubmit={submit}>{asked}</form> : asked}</AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
