/** RC2 (RFC 2268): only to open old PKCS#12 files. OpenSSL keeps it in a provider that Node has not. */

const piTable = Buffer.from(
  "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32" +
    "bd8f40eb86b77b0bf09521225c6b4e8254d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626" +
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed708e8eade8052eef784aa72ac354d6a2a" +
    "961ad2715a1549744b9fd05e0418a4ecc2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731" +
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a90d38341bab33ffb0bb480c5fb9b1cd2e" +
    "c5f3db47e5a59c770aa62068fe7fc1ad",
  "hex"
)

const pi = (index: number): number => piTable[index & 0xff] ?? 0

/** Section 2: 64 words of 16 bits from a key of 1 to 128 bytes, of whose strength `bits` bits stay. */
const expand = (key: Uint8Array, bits: number): Uint16Array => {
  const size = Math.ceil(bits / 8)
  const table = new Uint8Array(128)
  table.set(key)
  const at = (index: number) => table[index] ?? 0
  for (let i = key.length; i < 128; i++) table[i] = pi(at(i - 1) + at(i - key.length))
  table[128 - size] = pi(at(128 - size) & (0xff >> (8 * size - bits)))
  for (let i = 127 - size; i >= 0; i--) table[i] = pi(at(i + 1) ^ at(i + size))
  return Uint16Array.from({ length: 64 }, (_, i) => at(2 * i) | (at(2 * i + 1) << 8))
}

const rotations = [1, 2, 3, 5] as const

/** Section 4: one block of four words, in place. */
const decryptBlock = (words: Uint16Array, key: Uint16Array): void => {
  const at = (index: number) => words[index & 3] ?? 0
  let next = 63
  for (let round = 15; round >= 0; round--) {
    for (let i = 3; i >= 0; i--) {
      const turn = rotations[i] ?? 0
      const turned = (at(i) >>> turn) | (at(i) << (16 - turn))
      words[i] = turned - (key[next--] ?? 0) - (at(i - 1) & at(i - 2)) - (~at(i - 1) & at(i - 3))
    }
    if (round !== 11 && round !== 5) continue
    for (let i = 3; i >= 0; i--) words[i] = at(i) - (key[at(i - 1) & 63] ?? 0)
  }
}

/**
 * Decrypts in CBC mode and takes the padding off; `undefined` where the padding is wrong. `bits` is the effective key
 * length.
 */
export const decryptRc2 = (key: Uint8Array, bits: number, iv: Uint8Array, data: Uint8Array): Uint8Array | undefined => {
  if (data.length === 0 || data.length % 8 !== 0) return undefined
  const expanded = expand(key, bits)
  const output = Buffer.alloc(data.length)
  const words = new Uint16Array(4)
  for (let start = 0; start < data.length; start += 8) {
    const block = Buffer.from(data.subarray(start, start + 8))
    for (let i = 0; i < 4; i++) words[i] = block.readUInt16LE(2 * i)
    decryptBlock(words, expanded)
    for (let i = 0; i < 4; i++) output.writeUInt16LE(words[i] ?? 0, start + 2 * i)
    const previous = start === 0 ? iv : data.subarray(start - 8, start)
    for (let i = 0; i < 8; i++) output[start + i] = (output[start + i] ?? 0) ^ (previous[i] ?? 0)
  }
  const padding = output.at(-1) ?? 0
  const text = output.subarray(0, -padding)
  return padding >= 1 && padding <= 8 && output.subarray(-padding).every((byte) => byte === padding) ? text : undefined
}
