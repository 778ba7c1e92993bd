// What came with a message of a customer's besides words: a picture, a voice message, a file.
import { File, Image, type LucideIcon, MapPin, Mic, Paperclip, SquarePlay, Sticker, User, Video } from "lucide-react";
import type { ReactNode } from "react";
import { strings } from "../strings";
import type { Attachment } from "../types";

const words = strings.timeline;
const SIGNS: Record<string, LucideIcon> = {
  picture: Image,
  video: Video,
  voice: Mic,
  file: File,
  sticker: Sticker,
  place: MapPin,
  contact: User,
  post: SquarePlay,
};

type Props = { attachments: Attachment[]; open?: (attachment: Attachment, index: number) => ReactNode };

/** `open` gives what opens one, where there is a file to open. */
export function Attached({ attachments, open }: Props) {
  if (!attachments.length) return null;
  return (
    <ul className="attached">
      {attachments.map((one, index) => (
        <li key={index}>
          <Named attachment={one} />
          {one.has_file && open?.(one, index)}
        </li>
      ))}
    </ul>
  );
}

export const titleOf = ({ kind, name }: Attachment) => {
  const what = words.attached[kind] ?? words.attached.other!;
  return name ? words.named(what, name) : what;
};

function Named({ attachment }: { attachment: Attachment }) {
  const Sign = SIGNS[attachment.kind] ?? Paperclip;
  return (
    <span className="badge">
      <Sign size={12} aria-hidden />
      {titleOf(attachment)}
    </span>
  );
}
