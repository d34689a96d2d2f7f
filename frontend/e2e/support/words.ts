import agreement from "../../src/i18n/en/agreement";
import annotate from "../../src/i18n/en/annotate";
import app from "../../src/i18n/en/app";
import augment from "../../src/i18n/en/augment";
import bin from "../../src/i18n/en/bin";
import campaigns from "../../src/i18n/en/campaigns";
import changes from "../../src/i18n/en/changes";
import clean from "../../src/i18n/en/clean";
import conflicts from "../../src/i18n/en/conflicts";
import data from "../../src/i18n/en/data";
import endpoints from "../../src/i18n/en/endpoints";
import grid from "../../src/i18n/en/grid";
import guidelines from "../../src/i18n/en/guidelines";
import imports from "../../src/i18n/en/imports";
import labels from "../../src/i18n/en/labels";
import learning from "../../src/i18n/en/learning";
import me from "../../src/i18n/en/me";
import projects from "../../src/i18n/en/projects";
import questions from "../../src/i18n/en/questions";
import reports from "../../src/i18n/en/reports";
import rules from "../../src/i18n/en/rules";
import runs from "../../src/i18n/en/runs";
import tables from "../../src/i18n/en/tables";
import versions from "../../src/i18n/en/versions";
import workload from "../../src/i18n/en/workload";
import agreementZh from "../../src/i18n/zh/agreement";
import annotateZh from "../../src/i18n/zh/annotate";
import appZh from "../../src/i18n/zh/app";
import augmentZh from "../../src/i18n/zh/augment";
import binZh from "../../src/i18n/zh/bin";
import campaignsZh from "../../src/i18n/zh/campaigns";
import changesZh from "../../src/i18n/zh/changes";
import cleanZh from "../../src/i18n/zh/clean";
import conflictsZh from "../../src/i18n/zh/conflicts";
import dataZh from "../../src/i18n/zh/data";
import endpointsZh from "../../src/i18n/zh/endpoints";
import gridZh from "../../src/i18n/zh/grid";
import guidelinesZh from "../../src/i18n/zh/guidelines";
import importsZh from "../../src/i18n/zh/imports";
import labelsZh from "../../src/i18n/zh/labels";
import learningZh from "../../src/i18n/zh/learning";
import meZh from "../../src/i18n/zh/me";
import projectsZh from "../../src/i18n/zh/projects";
import questionsZh from "../../src/i18n/zh/questions";
import reportsZh from "../../src/i18n/zh/reports";
import rulesZh from "../../src/i18n/zh/rules";
import runsZh from "../../src/i18n/zh/runs";
import tablesZh from "../../src/i18n/zh/tables";
import versionsZh from "../../src/i18n/zh/versions";
import workloadZh from "../../src/i18n/zh/workload";
import type { Language } from "./look";

const WORDS = {
  en: {
    agreement,
    annotate,
    app,
    augment,
    bin,
    campaigns,
    changes,
    clean,
    conflicts,
    grid,
    guidelines,
    data,
    endpoints,
    imports,
    labels,
    learning,
    me,
    projects,
    questions,
    reports,
    rules,
    runs,
    tables,
    versions,
    workload,
  },
  "zh-Hans": {
    agreement: agreementZh,
    annotate: annotateZh,
    app: appZh,
    augment: augmentZh,
    bin: binZh,
    campaigns: campaignsZh,
    changes: changesZh,
    clean: cleanZh,
    conflicts: conflictsZh,
    grid: gridZh,
    guidelines: guidelinesZh,
    data: dataZh,
    endpoints: endpointsZh,
    imports: importsZh,
    labels: labelsZh,
    learning: learningZh,
    me: meZh,
    projects: projectsZh,
    questions: questionsZh,
    reports: reportsZh,
    rules: rulesZh,
    runs: runsZh,
    tables: tablesZh,
    versions: versionsZh,
    workload: workloadZh,
  },
} as const;

/** The app's own words in a language. */
export const wordsOf = (language: Language) => WORDS[language];
