import "react";

declare module "react" {
  interface CSSProperties {
    /** A data color handed to a style sheet. */
    "--class"?: string;
  }
}
