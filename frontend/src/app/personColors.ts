import { CLASS_COLORS } from "@/ui/classColors";

const [BLUE, ORANGE, GREEN, PINK, , CYAN, VIOLET] = CLASS_COLORS;

/** As many as may be asked about one sample, told apart as classes are. */
const PEOPLE: readonly string[] = [BLUE, ORANGE, PINK, CYAN, VIOLET];

/** What is agreed between people. */
export const AGREED_COLOR: string = GREEN;

/** The color of the person whose answer stands at this place, from 0 on. */
export const personColor = (at: number): string => PEOPLE[at % PEOPLE.length] ?? BLUE;
