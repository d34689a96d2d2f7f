import { useRef, useState } from "react";
import { uploadFile } from "@/api/uploads";
import { act } from "@/app/act";
import { useT } from "@/i18n";
import { Button, NumberField, PasswordField, Row, SelectField, TextareaField, TextField } from "@/ui";
import styles from "./imports.module.css";
import { DRIVERS, MAX_ROWS, type SqlDraft, TLS, usualPort } from "./sql";

interface SqlFieldsProps {
  value: SqlDraft;
  /** What has changed alone: a file may still be on its way while other fields are written. */
  onChange: (changes: Partial<SqlDraft>) => void;
}

/** Where a query is asked, and the query. */
export function SqlFields({ value, onChange: change }: SqlFieldsProps) {
  const t = useT("imports");
  return (
    <div className={styles.options}>
      <SelectField
        label={t("sql_driver")}
        value={value.driver}
        options={DRIVERS.map((driver) => ({ value: driver, label: t(`sql_driver_${driver}`) }))}
        onChange={(driver) => driver && change({ driver, port: null })}
      />
      {value.driver === "sqlite" ? (
        <DatabaseFile value={value} onChange={change} />
      ) : (
        <ServerFields value={value} onChange={change} />
      )}
      <NumberField
        label={t("sql_limit")}
        value={value.limit}
        min={1}
        max={MAX_ROWS}
        onChange={(limit) => change({ limit })}
      />
      <div className={styles.wide}>
        <TextareaField
          label={t("sql_query")}
          hint={t("sql_queryHint")}
          mono
          rows={6}
          value={value.query}
          onChange={(query) => change({ query })}
        />
      </div>
      <p className={styles.note}>{t(value.driver === "sqlite" ? "sqlTextFile" : "sqlText")}</p>
    </div>
  );
}

function ServerFields({ value, onChange: change }: SqlFieldsProps) {
  const t = useT("imports");
  return (
    <>
      <TextField label={t("sql_host")} value={value.host} onChange={(host) => change({ host })} />
      <NumberField
        label={t("sql_port")}
        value={value.port ?? usualPort(value.driver)}
        min={1}
        max={65_535}
        onChange={(port) => change({ port })}
      />
      <TextField
        label={t("sql_database")}
        value={value.database}
        onChange={(database) => change({ database })}
      />
      <TextField label={t("sql_user")} value={value.user} onChange={(user) => change({ user })} />
      <PasswordField
        label={t("sql_password")}
        showLabel={t("sql_show")}
        autoComplete="off"
        value={value.password}
        onChange={(password) => change({ password })}
      />
      <SelectField
        label={t("sql_tls")}
        value={value.tls}
        options={TLS.map((tls) => ({ value: tls, label: t(`sql_tls_${tls}`) }))}
        onChange={(tls) => tls && change({ tls })}
      />
    </>
  );
}

function DatabaseFile({ value, onChange }: SqlFieldsProps) {
  const t = useT("imports");
  const input = useRef<HTMLInputElement>(null);
  const [isBusy, setBusy] = useState(false);
  const send = async (file: File) => {
    setBusy(true);
    await act(async () => {
      const id = await uploadFile(file, {});
      onChange({ upload: { id, name: file.name } });
    });
    setBusy(false);
  };
  return (
    <Row>
      <Button loading={isBusy} onClick={() => input.current?.click()}>
        {value.upload ? value.upload.name : t("sql_file")}
      </Button>
      <input
        ref={input}
        type="file"
        className={styles.hidden}
        aria-label={t("sql_file")}
        accept=".db,.sqlite,.sqlite3,.db3"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file) void send(file);
          event.currentTarget.value = "";
        }}
      />
    </Row>
  );
}
