// What is left when a page breaks: a sentence and a way on, never an empty frame.
import { Component, type ReactNode } from "react";
import { strings } from "../strings";
import { Notice } from "./states";

type Props = { children: ReactNode; place: string };

/** Catches what breaks while a page is drawn; another page is another try. */
export class Broken extends Component<Props, { error: unknown }> {
  state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  componentDidUpdate(before: Props) {
    if (this.state.error && before.place !== this.props.place) this.setState({ error: null });
  }

  render() {
    if (!this.state.error) return this.props.children;
    return (
      <Notice
        title={strings.error.broken}
        text={strings.error.brokenText}
        action={
          <button type="button" className="btn primary" onClick={() => location.reload()}>
            {strings.reload}
          </button>
        }
      />
    );
  }
}
