import { useQuery } from "@tanstack/react-query";
import { datasetsQuery } from "@/api/datasets";
import { allAlgorithmsQuery } from "@/api/training";

/** Whether something here trains the task; undefined while it is asked. */
export function useIsTrainable(task: string | undefined): boolean | undefined {
  const known = useQuery(allAlgorithmsQuery).data;
  return task === undefined ? undefined : known?.some((one) => one.task === task);
}

/** Whether something here trains a data set of the project; undefined while it is asked. */
export function useCanTrain(project: string, enabled = true): boolean | undefined {
  const datasets = useQuery({ ...datasetsQuery(project), enabled }).data?.results;
  const known = useQuery({ ...allAlgorithmsQuery, enabled }).data;
  return datasets && known?.some((one) => datasets.some(({ task }) => task === one.task));
}
