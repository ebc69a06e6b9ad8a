import { sha256Digest } from '../../../src/adapters/host/sha256-digest.js';
import { contentDigestContract } from '../../contracts/content-digest.contract.js';
import { plainDigest } from '../../fakes/plain-digest.js';

contentDigestContract('SHA-256', sha256Digest);
contentDigestContract('in memory', plainDigest);
