const RATE = 8000;

/** A WAV of 16 bits and 8 kHz: a tone that dies away; of level 0 it is silence. */
export function wav(pitch: number, level = 20000): Buffer {
  const frames = RATE / 2;
  return recorded(frames, (at) => level * Math.exp((-4 * at) / frames) * tone(pitch, at));
}

/** A WAV of so many seconds: faint noise with a tone between each two of these moments, each higher than the last. */
export function bursts(
  seconds: number,
  ...sounding: readonly (readonly [from: number, to: number])[]
): Buffer {
  return recorded(seconds * RATE, (at) => {
    const now = at / RATE;
    const nth = sounding.findIndex(([from, to]) => from <= now && now < to);
    const noise = 300 * Math.sin(at * at);
    return nth < 0 ? noise : noise + 16000 * tone(300 * (nth + 1), at) * (0.6 + 0.4 * Math.sin(now * 20));
  });
}

const tone = (pitch: number, at: number) => Math.sin((2 * Math.PI * pitch * at) / RATE);

function recorded(frames: number, levelAt: (frame: number) => number): Buffer {
  const bytes = Buffer.alloc(44 + 2 * frames);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + 2 * frames, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(2 * RATE, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(2 * frames, 40);
  for (let at = 0; at < frames; at += 1) bytes.writeInt16LE(Math.round(levelAt(at)), 44 + 2 * at);
  return bytes;
}
