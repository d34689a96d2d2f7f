import augment from "../../src/i18n/en/augment";
import clean from "../../src/i18n/en/clean";
import data from "../../src/i18n/en/data";
import endpoints from "../../src/i18n/en/endpoints";
import imports from "../../src/i18n/en/imports";
import reports from "../../src/i18n/en/reports";
import runs from "../../src/i18n/en/runs";
import tables from "../../src/i18n/en/tables";
import versions from "../../src/i18n/en/versions";
import augmentZh from "../../src/i18n/zh/augment";
import cleanZh from "../../src/i18n/zh/clean";
import dataZh from "../../src/i18n/zh/data";
import endpointsZh from "../../src/i18n/zh/endpoints";
import importsZh from "../../src/i18n/zh/imports";
import reportsZh from "../../src/i18n/zh/reports";
import runsZh from "../../src/i18n/zh/runs";
import tablesZh from "../../src/i18n/zh/tables";
import versionsZh from "../../src/i18n/zh/versions";
import type { Language } from "./look";

const WORDS = {
  en: { augment, clean, data, endpoints, imports, reports, runs, tables, versions },
  "zh-Hans": {
    augment: augmentZh,
    clean: cleanZh,
    data: dataZh,
    endpoints: endpointsZh,
    imports: importsZh,
    reports: reportsZh,
    runs: runsZh,
    tables: tablesZh,
    versions: versionsZh,
  },
} as const;

/** The app's own words in a language. */
export const wordsOf = (language: Language) => WORDS[language];
