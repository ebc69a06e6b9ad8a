#!/usr/bin/env node
import { answerAtOnce } from './prepared-answers.js';

// Loading the commands takes as long as starting Node: who only asks for the version need not wait for them.
if (!answerAtOnce(process.argv.slice(2))) void import('./main.js');
