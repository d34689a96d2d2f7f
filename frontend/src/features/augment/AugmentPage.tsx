import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { AUGMENTABLE, operatorsQuery, type Recipe, recipesPages } from "@/api/augment";
import { rowsOf } from "@/api/query";
import type { Dataset } from "@/api/types";
import { useProjectId } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { DatasetSwitch, WithDataset } from "@/app/WithDataset";
import { useWords } from "@/app/words";
import { useT } from "@/i18n";
import { EmptyState, LinkButton, Page, PageHeader, SelectField } from "@/ui";
import { RecipeEditor } from "./RecipeEditor";

/** Build a recipe and see at once what it makes of the data set's own samples. */
export function AugmentPage() {
  const { dataset } = useSearch({ from: "/app/p/$project/augment" });
  return <WithDataset wanted={dataset}>{(found) => <Augment dataset={found} />}</WithDataset>;
}

function Augment({ dataset }: { dataset: Dataset }) {
  const { modality } = dataset;
  const t = useWords("augment", modality);
  const project = useProjectId();
  const navigate = useNavigate();
  const { recipe: wanted } = useSearch({ from: "/app/p/$project/augment" });
  const isKnown = AUGMENTABLE.includes(modality);
  const recipes = useInfiniteQuery({ ...recipesPages(project, modality), enabled: isKnown });
  const operators = useQuery({ ...operatorsQuery(modality), enabled: isKnown });
  const known = rowsOf(recipes.data) ?? [];
  const go = (id: string, recipe: string | undefined) =>
    void navigate({ to: "/p/$project/augment", params: { project }, search: { dataset: id, recipe } });
  return (
    <Page wide>
      <PageHeader
        title={t("title")}
        description={t("subtitle")}
        actions={
          <>
            <DatasetSwitch dataset={dataset.id} onChange={(id) => go(id, wanted)} />
            <RecipeSwitch
              recipes={known}
              value={known.some(({ id }) => id === wanted) ? wanted : undefined}
              onChange={(id) => go(dataset.id, id)}
            />
          </>
        }
      />
      {isKnown ? (
        <QueryState query={recipes}>
          {() => (
            <QueryState query={operators}>
              {(all) => {
                const recipe = known.find((one) => one.id === wanted);
                return (
                  <RecipeEditor
                    key={`${modality} ${wanted ?? "new"}`}
                    dataset={dataset}
                    operators={all}
                    recipe={recipe}
                    onOpen={(id) => go(dataset.id, id)}
                  />
                );
              }}
            </QueryState>
          )}
        </QueryState>
      ) : (
        <EmptyState
          title={t("unfitTitle")}
          action={
            <LinkButton
              to="/p/$project/versions"
              params={{ project }}
              search={{ dataset: dataset.id }}
              variant="primary"
            >
              {t("unfitDo")}
            </LinkButton>
          }
        >
          {t("unfitText")}
        </EmptyState>
      )}
    </Page>
  );
}

function RecipeSwitch({
  recipes,
  value,
  onChange,
}: {
  recipes: readonly Recipe[];
  value: string | undefined;
  onChange: (id: string | undefined) => void;
}) {
  const t = useT("augment");
  if (recipes.length === 0) return null;
  const options = [
    { value: "", label: t("newRecipe") },
    ...recipes.map((recipe) => ({ value: recipe.id, label: recipe.name })),
  ];
  return (
    <SelectField
      label={t("recipe")}
      hideLabel
      value={value ?? ""}
      options={options}
      onChange={(id) => onChange(id || undefined)}
    />
  );
}
