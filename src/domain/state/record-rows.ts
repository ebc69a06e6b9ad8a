/** Rows of numbers outside the collector's reach: objects for each of millions of records would fill and slow it. */
export interface RecordRows<Row> {
  /** The row of a number from 0: zeros at first. A view, to be read and written. */
  at(number: number): Row;
}

/** Rows are allocated in blocks of so many, so that a small state takes little, and growth copies nothing. */
const rowsInBlock = 1024;

/** Rows of as many numbers as `rowLength`; `allocate` makes an array of zeros, of so many numbers. */
export function createRecordRows<Row extends Uint8Array | Int32Array>(
  rowLength: number,
  allocate: (length: number) => Row,
): RecordRows<Row> {
  const blocks: Row[] = [];
  return {
    at(number) {
      const position = number % rowsInBlock;
      const block = (number - position) / rowsInBlock;
      while (blocks.length <= block) blocks.push(allocate(rowsInBlock * rowLength));
      return (blocks[block] as Row).subarray(position * rowLength, (position + 1) * rowLength) as Row;
    },
  };
}
