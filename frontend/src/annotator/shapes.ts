import { hasForm, type Point, turnedCorners } from "./forms";
import { type BoxTuple, moveBox, type Size } from "./geometry";
import type { Shape } from "./model";
import { boundsOf, distinct, kept, type Ring, type Rings, signedArea, tenth } from "./outline";
import { boxOfMask, movedMask } from "./runs";

export type Turned = NonNullable<Shape["rotated"]>;
export type Joint = NonNullable<Shape["keypoints"]>[number];

/** What a new shape is called and whose class it has. */
export interface Named {
  readonly id: string;
  readonly label: string;
}

const human = ({ id, label }: Named) => ({ id, label, source: "human" as const });

/** A polygon of rings that have an area; null when none has. */
export function polygonOf(named: Named, rings: Rings, image: Size): Shape | null {
  const polygon = rings
    .map((ring) =>
      distinct(
        ring.map((point) => kept(point, image)),
        true,
      ),
    )
    .filter((ring) => ring.length >= 3 && Math.abs(signedArea(ring)) > 0);
  if (polygon.length === 0) return null;
  return { ...human(named), kind: "polygon", polygon, box: boundsOf(polygon.flat()) };
}

/** A line of two points or more. */
export function polylineOf(named: Named, points: Ring, image: Size): Shape | null {
  const polyline = distinct(
    points.map((point) => kept(point, image)),
    false,
  );
  if (polyline.length < 2) return null;
  return { ...human(named), kind: "polyline", polyline, box: boundsOf(polyline) };
}

/** Key points, as many as there are names; those that were not given are not there. */
export function keypointsOf(
  named: Named,
  joints: readonly Joint[],
  count: number,
  image: Size,
): Shape | null {
  const keypoints = Array.from({ length: Math.max(count, joints.length) }, (_, at): Joint => {
    const joint = joints[at];
    return joint && joint[2] > 0 ? [...kept(joint, image), joint[2]] : [0, 0, 0];
  });
  const there = keypoints.filter((joint) => joint[2] > 0);
  if (there.length === 0) return null;
  return { ...human(named), kind: "keypoints", keypoints, box: boundsOf(there) };
}

/** A turned box from one of its sides and a point on the opposite one; null when it has no area. */
export function turnedBy([a, b, c]: Ring): Turned | null {
  if (!a || !b || !c) return null;
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = Math.hypot(dx, dy);
  if (length < 1) return null;
  // How far the third point is from the first side, below it as the side runs.
  const height = (dx * (c[1] - a[1]) - dy * (c[0] - a[0])) / length;
  if (Math.abs(height) < 1) return null;
  const [nx, ny] = [(-dy / length) * (height / 2), (dx / length) * (height / 2)];
  const [cx, cy] = [(a[0] + b[0]) / 2 + nx, (a[1] + b[1]) / 2 + ny];
  const h = Math.abs(height);
  return [tenth(cx - length / 2), tenth(cy - h / 2), tenth(length), tenth(h), degrees(Math.atan2(dy, dx))];
}

const degrees = (radians: number) => tenth((radians * 180) / Math.PI);

export function rotatedOf(named: Named, rotated: Turned, image: Size): Shape | null {
  const [x, y, w, h] = rotated;
  const isOn = x + w / 2 >= 0 && y + h / 2 >= 0 && x + w / 2 <= image.width && y + h / 2 <= image.height;
  if (!isOn || w <= 0 || h <= 0) return null;
  return { ...human(named), kind: "rotated_box", rotated, box: boundsOf(turnedCorners(rotated)) };
}

const KNOB_PX = 26;

/** Where a turned box is taken to be turned: over the middle of its top side. */
export function knobOf(shape: Shape, unit: number): Point | null {
  if (!shape.rotated) return null;
  const [x, y, w, h, angle] = shape.rotated;
  const radians = (angle * Math.PI) / 180;
  const far = h / 2 + KNOB_PX * unit;
  return [x + w / 2 + Math.sin(radians) * far, y + h / 2 - Math.cos(radians) * far];
}

/** The turned box turned further. */
export function turnedFurther([x, y, w, h, angle]: Turned, by: number): Turned {
  const turned = (((angle + by + 180) % 360) + 360) % 360;
  return [x, y, w, h, tenth(turned - 180)];
}

/** The turned box with one corner pulled to a point; the opposite one stays. */
export function turnedResized(rotated: Turned, corner: number, to: Point): Turned | null {
  const fixed = turnedCorners(rotated)[(corner + 2) % 4] ?? [0, 0];
  const radians = (rotated[4] * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  const [dx, dy] = [to[0] - fixed[0], to[1] - fixed[1]];
  const [w, h] = [Math.abs(dx * cos + dy * sin), Math.abs(dy * cos - dx * sin)];
  if (w < 1 || h < 1) return null;
  const [cx, cy] = [(to[0] + fixed[0]) / 2, (to[1] + fixed[1]) / 2];
  return [tenth(cx - w / 2), tenth(cy - h / 2), tenth(w), tenth(h), rotated[4]];
}

/** The points of a form by which it is changed: rings, a line, joints, or the corners of a turned box. */
export function pathsOf(shape: Shape): Rings {
  if (shape.polygon) return shape.polygon;
  if (shape.polyline) return [shape.polyline];
  if (shape.keypoints) return [shape.keypoints.map(([x, y]): Point => [x, y])];
  return shape.rotated ? [turnedCorners(shape.rotated)] : [];
}

/** Whether the paths of a shape close. */
export const isClosed = (shape: Shape): boolean => shape.kind === "polygon" || shape.kind === "rotated_box";

/** The shape with other points; null when nothing would be left of it. */
export function withPaths(shape: Shape, paths: Rings, image: Size): Shape | null {
  const path = paths[0] ?? [];
  if (shape.polygon) return changed(shape, polygonOf(shape, paths, image));
  if (shape.polyline) return changed(shape, polylineOf(shape, path, image));
  if (!shape.keypoints) return shape;
  const joints = shape.keypoints.map(
    ([, , visible], at): Joint => [...(path[at] ?? [0, 0]), visible] as Joint,
  );
  return changed(shape, keypointsOf(shape, joints, joints.length, image));
}

/** The shape with another turned box. */
export const withTurned = (shape: Shape, rotated: Turned | null, image: Size): Shape | null =>
  rotated && changed(shape, rotatedOf(shape, rotated, image));

/** The shape with one joint seen, hidden or not there. */
export function withVisible(shape: Shape, index: number, visible: number, image: Size): Shape | null {
  if (!shape.keypoints || !shape.box) return null;
  const [x, y, w, h] = shape.box;
  const joints = shape.keypoints.map((joint, at): Joint => {
    if (at !== index) return joint;
    // One that was not there comes into being in the middle of the others.
    return joint[2] > 0 ? [joint[0], joint[1], visible] : [x + w / 2, y + h / 2, visible];
  });
  return changed(shape, keypointsOf(shape, joints, joints.length, image));
}

/** The shape moved as a whole so that the box around it is this one; itself when it is a class. */
export function movedTo(shape: Shape, box: BoxTuple, image: Size): Shape {
  if (!shape.box) return shape;
  const [dx, dy] = [box[0] - shape.box[0], box[1] - shape.box[1]];
  if (dx === 0 && dy === 0) return shape;
  if (shape.rotated) {
    const [x, y, w, h, angle] = shape.rotated;
    return withTurned(shape, [tenth(x + dx), tenth(y + dy), w, h, angle], image) ?? shape;
  }
  if (shape.mask) {
    const mask = movedMask(shape.mask, Math.round(dx), Math.round(dy));
    const around = boxOfMask(mask);
    return (around && changed(shape, { ...human(shape), kind: "mask", mask, box: around })) ?? shape;
  }
  const shift = ([x, y]: Point): Point => [x + dx, y + dy];
  return (
    withPaths(
      shape,
      pathsOf(shape).map((path) => path.map(shift)),
      image,
    ) ?? shape
  );
}

/** The shape moved by so much and kept on the picture. */
export function shifted(shape: Shape, dx: number, dy: number, image: Size): Shape {
  if (!shape.box) return shape;
  const box = moveBox(shape.box, dx, dy, image);
  if (hasForm(shape)) return movedTo(shape, box, image);
  const { score: _, ...rest } = shape;
  return { ...rest, box, source: "human" };
}

function changed(before: Shape, after: Shape | null): Shape | null {
  if (!after) return null;
  return before.attributes ? { ...after, attributes: before.attributes } : after;
}
