import {createGunzip, createInflateRaw, crc32} from 'node:zlib'; import {createReadStream} from 'node:fs'; import {open} from 'node:fs/promises';
import { createCrc64 } from './build/src/adapters/raft/crc64.js';
import { walkSnapshot } from './build/src/domain/snapshot-content.js';
import { collectFindings } from './build/src/domain/snapshot-findings.js';
import { followTarStructure } from './build/src/adapters/archive/tar-structure.js';
const [,, from, mode, cs='262144', ws='1']=process.argv;
const chunkSize=Number(cs);
const t0=performance.now();
const g=createReadStream(from,{highWaterMark:262144}).pipe(createGunzip({chunkSize}));
const h=await open('/tmp/perf/out2','w'); const crc=await createCrc64(); const walk=walkSnapshot(mode.includes('f')?collectFindings():undefined); const st=followTarStructure({snapshotBytes:1e15});
let p=Promise.resolve(); let first=true; let c32=0;
for await (let c of g) { if(mode.includes('3')) c32=crc32(c,c32); if(mode.includes('s')) st.take(c); if(first){ c=c.subarray(1536); first=false} if(mode.includes('c')) crc.update(c); if(mode.includes('w')) walk.feed(c); await p; p=h.write(c); }
await p; await h.sync(); await h.close();
const u=process.cpuUsage(); console.log(mode, cs, (performance.now()-t0).toFixed(0),'ms wall', (u.user/1000).toFixed(0),'user',(u.system/1000).toFixed(0),'sys', (process.memoryUsage().rss/1e6).toFixed(0));
