import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { recipesPages } from "@/api/augment";
import { rowsOf } from "@/api/query";
import { useProjectId } from "@/app/inProject";
import { useT } from "@/i18n";
import { SelectField } from "@/ui";

interface RecipePickerProps {
  dataset: string;
  recipe: string | null;
  /** A head fitted to features made once sees no changed picture. */
  isUsable: boolean;
  onChange: (recipe: string | null) => void;
}

/** Which of the project's recipes changes the training pictures at every pass, if any. */
export function RecipePicker({ dataset, recipe, isUsable, onChange }: RecipePickerProps) {
  const t = useT("runs");
  const project = useProjectId();
  const recipes = (rowsOf(useInfiniteQuery(recipesPages(project, "image")).data) ?? []).filter(
    ({ steps }) => steps.length > 0,
  );
  if (recipes.length === 0) {
    return (
      <p className="muted small">
        {t("recipeNone")}{" "}
        <Link to="/p/$project/augment" params={{ project }} search={{ dataset }}>
          {t("recipeBuild")}
        </Link>
      </p>
    );
  }
  return (
    <SelectField
      label={t("recipe")}
      hint={t(isUsable ? "recipeText" : "recipeUnusable")}
      placeholder={t("recipeOfPreset")}
      clearable
      disabled={!isUsable}
      value={isUsable ? recipe : null}
      options={recipes.map(({ id, name, steps }) => ({
        value: id,
        label: t("recipeOption", { name, count: steps.length }),
      }))}
      onChange={onChange}
    />
  );
}
