import { IconUserPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { meQuery } from "@/api/auth";
import { removeMember, setMember } from "@/api/people";
import { membersQuery } from "@/api/projects";
import type { Member, Role } from "@/api/types";
import { act } from "@/app/act";
import { useMay, useProjectId } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import {
  Avatar,
  Badge,
  Button,
  type Column,
  ConfirmDialog,
  DataTable,
  Page,
  PageHeader,
  Panel,
  Row,
  SelectField,
  Split,
  toast,
} from "@/ui";
import { InviteDialog } from "./InviteDialog";
import styles from "./projects.module.css";
import { ROLES, roleText } from "./words";

export function MembersPage() {
  const t = useT("projects");
  const project = useProjectId();
  const query = useQuery(membersQuery(project));
  const mayManage = useMay("manage_project");
  const [inviting, setInviting] = useState(false);
  const invite = mayManage ? (
    <Button variant="primary" icon={<IconUserPlus size={16} />} onClick={() => setInviting(true)}>
      {t("invite")}
    </Button>
  ) : null;
  return (
    <Page>
      <PageHeader title={t("members")} description={t("membersText")} actions={invite} />
      <Split side={<RoleTable />}>
        <QueryState query={query}>
          {({ results }) => <MemberTable members={results} mayManage={mayManage} />}
        </QueryState>
      </Split>
      {inviting ? <InviteDialog project={project} onClose={() => setInviting(false)} /> : null}
    </Page>
  );
}

function MemberTable({ members, mayManage }: { members: readonly Member[]; mayManage: boolean }) {
  const t = useT("projects");
  const project = useProjectId();
  const [leaving, setLeaving] = useState<Member | null>(null);
  const managers = members.filter((member) => member.role === "manager").length;
  const isLast = (member: Member) => member.role === "manager" && managers === 1;
  const columns: Column<Member>[] = [
    { key: "person", header: t("person"), grow: true, cell: (member) => <Person member={member} /> },
    {
      key: "role",
      header: t("role"),
      width: 170,
      cell: (member) =>
        mayManage ? <RoleSelect member={member} isLast={isLast(member)} /> : roleText(member.role),
    },
  ];
  if (mayManage) {
    columns.push({
      key: "remove",
      header: <span className="visually-hidden">{t("remove")}</span>,
      align: "right",
      cell: (member) => (
        <Button size="sm" variant="quiet" disabled={isLast(member)} onClick={() => setLeaving(member)}>
          {t("remove")}
        </Button>
      ),
    });
  }
  return (
    <Panel flush>
      <DataTable
        label={t("members")}
        columns={columns}
        rows={members}
        rowKey={(member) => member.username}
        rowName={nameOf}
      />
      <ConfirmDialog
        open={leaving !== null}
        onClose={() => setLeaving(null)}
        onConfirm={() => leaving && act(() => removeMember(project, leaving.username))}
        title={t("removeTitle", { name: leaving ? nameOf(leaving) : "" })}
        confirm={t("remove")}
      >
        {t("removeText", { name: leaving ? nameOf(leaving) : "" })}
      </ConfirmDialog>
    </Panel>
  );
}

function nameOf(member: Member): string {
  return member.display_name || member.username;
}

function Person({ member }: { member: Member }) {
  const t = useT("projects");
  const me = useQuery(meQuery).data;
  return (
    <Row gap={12}>
      <Avatar name={nameOf(member)} size={28} />
      <div>
        <Row gap={8}>
          <span>{nameOf(member)}</span>
          {me?.username === member.username ? <Badge>{t("you")}</Badge> : null}
        </Row>
        {member.display_name ? <span className="muted small">{member.username}</span> : null}
      </div>
    </Row>
  );
}

function RoleSelect({ member, isLast }: { member: Member; isLast: boolean }) {
  const t = useT("projects");
  const project = useProjectId();
  const change = async (role: Role | null) => {
    if (!role || role === member.role) return;
    if (isLast) toast(t("lastManager"), { tone: "bad" });
    else await act(() => setMember(project, member.username, role));
  };
  return (
    <div className={styles.roleSelect}>
      <SelectField
        label={`${t("role")}: ${nameOf(member)}`}
        hideLabel
        value={member.role}
        options={ROLES.map((role) => ({ value: role, label: roleText(role) }))}
        onChange={change}
      />
    </div>
  );
}

function RoleTable() {
  const t = useT("projects");
  return (
    <Panel title={t("rolesTitle")}>
      <div className={styles.roles}>
        {ROLES.map((role) => (
          <div key={role}>
            <h3>{roleText(role)}</h3>
            <p>
              <strong>{t("can")}</strong> {t(`can_${role}`)}
            </p>
            <p className="muted">
              {t("cannot")} {t(`cannot_${role}`)}
            </p>
          </div>
        ))}
      </div>
    </Panel>
  );
}
