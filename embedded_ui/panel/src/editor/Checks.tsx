// What is wrong with the message, and what could be better: each leads to its block and field.
import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { useStore } from "../store";
import { Failure } from "../ui/states";
import type { Issue } from "../types";
import { find, isBlocks } from "./blocks";
import type { Checking } from "./checking";
import { useEditing } from "./context";
import { kindName, sayIssue } from "./kinds";
import { words } from "./words";

type Props = { checking: Checking; jump: (issue: Issue) => void };

export function Checks({ checking, jump }: Props) {
  const { issues, error, isBusy, isLinks, haveLinks, checkLinks, retry } = checking;
  const errors = issues.filter((issue) => issue.level === "error");
  const warnings = issues.filter((issue) => issue.level === "warning");
  return (
    <div className="checks">
      {Boolean(error) && <Failure error={error} retry={retry} />}
      {issues.length === 0 && !error && !isBusy && (
        <div className="fine">
          <CircleCheck size={18} aria-hidden />
          <div>
            <b>{words.fine}</b>
            <p className="sub">{words.fineText}</p>
          </div>
        </div>
      )}
      <Group title={words.errorsTitle} issues={errors} jump={jump} />
      <Group title={words.warningsTitle} issues={warnings} jump={jump} />
      <div className="inline">
        <button type="button" className="btn" disabled={isLinks} onClick={checkLinks}>
          {isLinks ? words.checkingLinks : words.checkLinks}
        </button>
        <span className="sub small" role="status">
          {isLinks ? "" : haveLinks ? words.linksChecked : isBusy ? words.checking : ""}
        </span>
      </div>
    </div>
  );
}

function Group({ title, issues, jump }: { title: string; issues: Issue[]; jump: (issue: Issue) => void }) {
  if (issues.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul>
        {issues.map((issue, index) => (
          <li key={`${issue.code}-${issue.block}-${issue.field}-${index}`}>
            <Line issue={issue} jump={() => jump(issue)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Line({ issue, jump }: { issue: Issue; jump: () => void }) {
  const { template } = useEditing();
  const block = isBlocks(template) ? find(template.blocks, issue.block)?.block : undefined;
  const where = block ? kindName(block.kind) : placeName(issue.field);
  const isBad = issue.level === "error";
  return (
    <button type="button" className="issue" onClick={jump}>
      {isBad ? <CircleAlert size={15} className="bad" aria-hidden /> : <TriangleAlert size={15} className="warn" aria-hidden />}
      <span>
        {sayIssue(issue)}
        {where && <span className="sub small">{where}</span>}
      </span>
    </button>
  );
}

const PLACES: Record<string, string> = { subject: words.subject, preview: words.preview, text: words.plain };
const placeName = (field: string): string | undefined => PLACES[field];

/** How many there are, on a button that opens them. */
export function useCounted(issues: Issue[]): string {
  const { format } = useStore();
  const errors = issues.filter((issue) => issue.level === "error").length;
  const warnings = issues.length - errors;
  const said = [
    ...(errors ? [words.errors(errors, format.int(errors))] : []),
    ...(warnings ? [words.warnings(warnings, format.int(warnings))] : []),
  ];
  return said.length ? format.list(said) : words.noProblems;
}
