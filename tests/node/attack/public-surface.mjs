// SPDX-License-Identifier: MIT
// What can be called, read off the declarations: whatever is added to them is attacked too.
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../../../build/run.mjs';

/** @typedef {{ name: string, keys: string[] }} Parameter  keys: of an object of options */
/** @typedef {{ owner: string, name: string, parameters: Parameter[] }} Callable  name is 'new' for constructors; owner is '' for functions */

/** Interfaces that callers implement, not call. */
const IMPLEMENTED = ['CustomEnv', 'Port', 'SymbolConstructor', 'Disposable'];

/** Everything that can be called of a file of declarations. @param {string} [file] @returns {Callable[]} */
export function publicSurface(file = 'web/bellhop.d.ts') {
  const path = join(ROOT, file);
  const program = ts.createProgram([path], { lib: ['lib.es2022.d.ts'], types: [], target: ts.ScriptTarget.ES2022, strict: true });
  const checker = program.getTypeChecker(), source = /** @type {ts.SourceFile} */ (program.getSourceFile(path));
  /** @type {Map<string, Callable>} */
  const found = new Map();

  /** @param {ts.ParameterDeclaration} node @returns {Parameter} */
  const parameterOf = (node) => {
    const type = checker.getNonNullableType(checker.getTypeAtLocation(node));
    const parts = (type.isUnion() ? type.types : [type]).filter((each) => each.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection) && isOptions(each));
    return { name: node.name.getText(), keys: [...new Set(parts.flatMap((each) => each.getProperties().map((property) => property.name)))] };
  };
  /** Whether it is an object of options: declared here, and nothing that is called. @param {ts.Type} type */
  const isOptions = (type) => type.getProperties().length > 0 && type.getCallSignatures().length === 0 && type.getConstructSignatures().length === 0
    && type.getProperties().every((property) => property.declarations?.every((each) => /web\/(bellhop|options|bellhop-lab)\.d\.ts$/.test(each.getSourceFile().fileName) && !ts.isMethodSignature(each)));

  /** @param {string} owner @param {string} name @param {ts.NodeArray<ts.ParameterDeclaration>} nodes */
  const add = (owner, name, nodes) => {
    const key = `${owner}.${name}`, known = found.get(key)?.parameters ?? [];
    const parameters = nodes.filter((each) => each.name.getText() !== 'this').map(parameterOf);
    const longer = parameters.length > known.length ? parameters : known;
    found.set(key, { owner, name, parameters: longer.map((each, i) => ({ name: each.name, keys: [...new Set([...each.keys, ...parameters[i]?.keys ?? [], ...known[i]?.keys ?? []])] })) });
  };
  /** @param {string} owner @param {ts.Node} member */
  const visit = (owner, member) => {
    if (ts.isMethodSignature(member) || ts.isMethodDeclaration(member)) add(owner, member.name.getText(), member.parameters);
    else if (ts.isConstructSignatureDeclaration(member) || ts.isConstructorDeclaration(member)) add(owner, 'new', member.parameters);
    else if (ts.isPropertySignature(member) && member.type && ts.isTypeLiteralNode(member.type)) member.type.members.forEach((each) => visit(`${owner}.${member.name.getText()}`, each));
  };
  for (const node of source.statements) {
    if (ts.isFunctionDeclaration(node) && node.name) add('', node.name.text, node.parameters);
    if ((ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) && node.name && !IMPLEMENTED.includes(node.name.text)) node.members.forEach((member) => visit(/** @type {ts.Identifier} */ (node.name).text, member));
  }
  return [...found.values()];
}

/** The members of an interface. @param {string} name @param {string} [file] @returns {string[]} */
export function membersOf(name, file = 'web/bellhop.d.ts') {
  const path = join(ROOT, file), source = ts.createSourceFile(path, /** @type {string} */ (ts.sys.readFile(path)), ts.ScriptTarget.ES2022, true);
  const node = source.statements.find((each) => ts.isInterfaceDeclaration(each) && each.name.text === name);
  return /** @type {ts.InterfaceDeclaration} */ (node).members.map((member) => /** @type {ts.PropertyName} */ (member.name).getText());
}
