#!/usr/bin/env node
import { runPrecompiled } from './precompiled-program.js';
import { answerAtOnce } from './prepared-answers.js';

const words = process.argv.slice(2);
// Loading the commands takes as long as starting Node: who only asks for the version need not wait for them.
if (!answerAtOnce(words) && !runPrecompiled(words)) void import('./main.js');
