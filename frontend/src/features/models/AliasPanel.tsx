import { type Alias, type Model, type ModelVersion, setAlias } from "@/api/models";
import { act } from "@/app/act";
import { useMay } from "@/app/inProject";
import { useT } from "@/i18n";
import { Button, Panel, Row, Stack, toast } from "@/ui";
import { ALIASES } from "./aliases";

/** The names that others rely on, and the way to move them here. */
export function AliasPanel({ model, version }: { model: Model; version: ModelVersion }) {
  const t = useT("models");
  const mayDeploy = useMay("deploy_project");
  const isBlocked = !version.deployable;
  const move = async (alias: Alias) => {
    const before = model.aliases[alias];
    if (!(await act(() => setAlias(model.id, alias, version.id)))) return;
    const undo = before ? { undo: () => void act(() => setAlias(model.id, alias, before)) } : {};
    toast(t("aliasMoved", { alias: t(alias), number: version.number }), { tone: "ok", ...undo });
  };
  return (
    <Panel title={t("aliases")}>
      <Stack gap={16}>
        {ALIASES.map((alias) => (
          <Stack key={alias} gap={4}>
            <Row justify="between">
              <strong>{t(alias)}</strong>
              {model.aliases[alias] === version.id ? (
                <span className="muted small">{t("thisOne")}</span>
              ) : mayDeploy ? (
                <Button size="sm" disabled={isBlocked} onClick={() => void move(alias)}>
                  {t("makeAlias", { alias: t(alias) })}
                </Button>
              ) : null}
            </Row>
            <span className="muted small">{t(`aliasText_${alias}`)}</span>
          </Stack>
        ))}
      </Stack>
    </Panel>
  );
}
