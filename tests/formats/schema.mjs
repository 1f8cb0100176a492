// SPDX-License-Identifier: MIT
// Every line of files of events against docs/events.schema.json; then lines that are spoiled, which it must refuse.
//
//   node schema.mjs MODULES SCHEMA FILE...     MODULES: the folder that has node_modules with ajv
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [modules, schema, ...files] = process.argv.slice(2);
const Ajv = createRequire(`${modules}/`)('ajv/dist/2020').default;
const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: false });
const validate = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')));
const seen = new Map();
let count = 0;

function refuse(why) {
    console.error(why);
    process.exit(1);
}

for (const file of files) {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
        if (line === '') continue;
        const value = JSON.parse(line);
        count++;
        if (!validate(value))
            refuse(`${file}: ${line.slice(0, 300)}\n${JSON.stringify(validate.errors, null, 1)}`);
        seen.set(value.type, value);
    }
}

// Spoiled: a field nobody declared, one that is missing, one of another type; for each kind of line that was seen.
let spoiled = 0;
for (const [type, good] of seen) {
    const bad = [{ ...good, nobody: 1 }, { ...good, type: `${type}.` }];
    for (const field of type === 'run' || type === 'unread' ? ['schema', 'source'] : ['t', 'seq', 'irql']) {
        const less = { ...good };
        delete less[field];
        bad.push(less, { ...good, [field]: 'other' });
    }
    for (const value of bad) {
        if (validate(value)) refuse(`accepted: ${JSON.stringify(value).slice(0, 300)}`);
        spoiled++;
    }
}
if (count < 10000 || seen.size < 80) refuse(`only ${count} lines of ${seen.size} kinds`);
console.log(`${count} lines of ${seen.size} kinds follow the schema, ${spoiled} spoiled ones do not`);
