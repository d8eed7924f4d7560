/** One field of a row, as PostgreSQL's binary form of its type has it. */
export type CopyField =
  { readonly uuid: string } | { readonly integer: number } | { readonly text: string } | { readonly bytes: Buffer };

/** What a binary `COPY` begins with: its signature, no flags, no extension. */
export function copyHeader(): Buffer {
  return Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
}

/** What it ends with. */
export function copyTrailer(): Buffer {
  return Buffer.from([0xff, 0xff]);
}

/** One row: the number of fields, and each with its length before it. Bytes go in as they are, where text would double them. */
export function copyTuple(fields: readonly CopyField[]): Buffer {
  const parts: Buffer[] = [integer(2, fields.length)];
  for (const field of fields) {
    const bytes = bytesOf(field);
    parts.push(integer(4, bytes.length), bytes);
  }
  return Buffer.concat(parts);
}

function bytesOf(field: CopyField): Buffer {
  if ('bytes' in field) return field.bytes;
  if ('text' in field) return Buffer.from(field.text);
  if ('uuid' in field) return Buffer.from(field.uuid.replaceAll('-', ''), 'hex');
  return integer(4, field.integer);
}

function integer(size: 2 | 4, value: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  bytes.writeIntBE(value, 0, size);
  return bytes;
}
