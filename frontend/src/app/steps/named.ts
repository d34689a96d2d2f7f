import { createContext, useContext } from "react";
import type { NamedColumn } from "../RowsCompared";

/** What parameters may name: columns of the table as the steps leave it, other tables of the project. */
export interface Named {
  columns: readonly NamedColumn[];
  tables: readonly { id: string; name: string }[];
}

const NONE: Named = { columns: [], tables: [] };

export const NamedContext = createContext<Named>(NONE);

export function useNamed(): Named {
  return useContext(NamedContext);
}
