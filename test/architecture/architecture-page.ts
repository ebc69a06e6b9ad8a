/** docs/architecture.md, taken apart: what it says of folders, files and who may import whom. */
export interface ArchitecturePage {
  /** The folders of its table, with what the table lets each import. */
  readonly folders: ReadonlyMap<string, string>;
  /** The files that it names between backquotes: whole paths, or bare names. */
  readonly files: readonly string[];
  readonly diagrams: readonly Diagram[];
}

/** One Mermaid diagram. */
export interface Diagram {
  /** "flowchart" or "sequenceDiagram". */
  readonly kind: string;
  /** The labels of its nodes in square brackets, a node without one by its own name; or the texts of its participants. */
  readonly labels: readonly string[];
  /** The arrows between single nodes or participants, by the names that they have in the diagram. */
  readonly arrows: readonly (readonly [from: string, to: string])[];
  /** Lines that are of no form that these diagrams use. */
  readonly unread: readonly string[];
}

/** Takes the page apart. */
export function readArchitecturePage(text: string): ArchitecturePage {
  const rows = [...text.matchAll(/^\| `(src\/[a-z/]+)` \|[^|]*\| ([^|]*) \|$/gm)];
  const files = [...text.matchAll(/`([a-zA-Z0-9/._-]+\.(?:ts|cjs|md|mod))`/g)];
  const diagrams = [...text.matchAll(/^```mermaid\n([\s\S]*?)\n```$/gm)];
  return {
    folders: new Map(rows.map(([, folder = '', imports = '']) => [folder, imports])),
    files: files.map(([, name = '']) => name),
    diagrams: diagrams.map(([, source = '']) => readDiagram(source)),
  };
}

function readDiagram(source: string): Diagram {
  const [first = '', ...lines] = source.split('\n').map((line) => line.trim());
  const kind = first.split(' ')[0] ?? '';
  return { kind, ...(kind === 'sequenceDiagram' ? readSequence(lines) : readFlowchart(lines)) };
}

function readSequence(lines: readonly string[]): Omit<Diagram, 'kind'> {
  const labels: string[] = [];
  const arrows: [string, string][] = [];
  const unread: string[] = [];
  const names = new Set<string>();
  for (const line of lines) {
    const participant = /^participant (\w+) as (.+)$/.exec(line);
    const message = /^(\w+)-?->>(\w+): .+$/.exec(line);
    const note = /^Note over (\w+): .+$/.exec(line);
    if (participant !== null) {
      names.add(participant[1] as string);
      labels.push(participant[2] as string);
    } else if (message !== null && names.has(message[1] as string) && names.has(message[2] as string)) {
      arrows.push([message[1] as string, message[2] as string]);
    } else if (note === null || !names.has(note[1] as string)) unread.push(line);
  }
  return { labels, arrows, unread };
}

const flowNode = /^(\w+)(?:\[([^[\]]+)\])?$/;
const flowArrow = /\s+(?:-->|-\. [^.]+ \.->|-- [^-]+ -->)\s+/;

function readFlowchart(lines: readonly string[]): Omit<Diagram, 'kind'> {
  const labels = new Map<string, string>();
  const arrows: [string, string][] = [];
  const unread: string[] = [];
  let depth = 0;

  /** The names of grouped nodes, "a[label] & b"; empty if one of them cannot be read. */
  function namesOf(group: string): string[] {
    const nodes = group.split(' & ').map((node) => flowNode.exec(node));
    if (nodes.some((node) => node === null)) return [];
    return nodes.map((node) => {
      const [, name = '', label] = node as RegExpExecArray;
      if (label !== undefined || !labels.has(name)) labels.set(name, label ?? name);
      return name;
    });
  }

  for (const line of lines) {
    if (line.startsWith('subgraph ')) depth += 1;
    if (line === 'end') depth -= 1;
    else {
      const groups = line
        .replace(/^subgraph /, '')
        .split(flowArrow)
        .map(namesOf);
      if (groups.some(({ length }) => length === 0)) unread.push(line);
      groups.slice(1).forEach((group, position) => {
        for (const from of groups[position] ?? []) for (const to of group) arrows.push([from, to]);
      });
    }
  }
  if (depth !== 0) unread.push('a subgraph does not end');
  return { labels: [...labels.values()], arrows, unread };
}
