/** A WAV of 16 bits and 8 kHz: a tone that dies away; of level 0 it is silence. */
export function wav(pitch: number, level = 20000): Buffer {
  const [rate, frames] = [8000, 4000];
  const bytes = Buffer.alloc(44 + 2 * frames);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + 2 * frames, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(2 * rate, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(2 * frames, 40);
  for (let at = 0; at < frames; at += 1) {
    const now = level * Math.exp((-4 * at) / frames) * Math.sin((2 * Math.PI * pitch * at) / rate);
    bytes.writeInt16LE(Math.round(now), 44 + 2 * at);
  }
  return bytes;
}
