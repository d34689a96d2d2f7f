import type { ReactNode } from "react";
import styles from "./TextPieces.module.css";

interface PiecesProps<P extends { old: string; new: string }> {
  pieces: readonly P[];
  isCut: boolean;
  /** How a piece that stays is shown; else as it is. */
  kept?: (piece: P) => ReactNode;
}

/** A text before and after: what goes is struck through, what comes is marked; both are said to those who hear the page. */
export function TextPieces<P extends { old: string; new: string }>({ pieces, isCut, kept }: PiecesProps<P>) {
  return (
    <p className={styles.text}>
      {pieces.map((piece, index) =>
        piece.old === piece.new ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no name but their place
          <span key={index}>{kept ? kept(piece) : piece.old}</span>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no name but their place
          <span key={index}>
            {piece.old ? <del className={styles.gone}>{visible(piece.old)}</del> : null}
            {piece.new ? <ins className={styles.come}>{visible(piece.new)}</ins> : null}
          </span>
        ),
      )}
      {isCut ? "…" : null}
    </p>
  );
}

/** Spaces and breaks that change are shown as signs. */
function visible(text: string): string {
  return text
    .replace(/\r?\n/g, "⏎\n")
    .replace(/^ +$/g, (run) => "␣".repeat(run.length))
    .replace(/[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u00ad]/g, "·");
}
