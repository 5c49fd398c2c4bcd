// SPDX-License-Identifier: Apache-2.0

// A chart needs all its curves over the same x. Few points are joined as they are; of many, each of some hundred
// buckets of what is in sight keeps the least and the greatest value of every curve, so that no spike is lost.
const joined = 3000, buckets = 600;

// inSight is the part of ascending x between min and max, and a point more at each end, for the line to leave by.
function inSight(x, min, max) {
  let a = 0, b = x.length;
  while (a < b && x[a] < min) a++;
  while (b > a && x[b - 1] > max) b--;
  return [Math.max(0, a - 1), Math.min(x.length, b + 1)];
}

// align returns [x, columns...], of every curve y, and lo and hi where it has them.
function align(curves, min, max, logx) {
  const parts = curves.map((c) => inSight(c.x, min, max));
  const seen = new Set();
  let many = false;
  curves.forEach((c, k) => {
    for (let i = parts[k][0]; i < parts[k][1] && !many; i++) {
      if (!logx || c.x[i] > 0) seen.add(c.x[i]);
      many = seen.size > joined;
    }
  });
  return many ? bucketed(curves, parts, min, max, logx) : exact(curves, parts, seen, logx);
}

function columnsOf(c) { return c.lo ? [c.y, c.lo, c.hi] : [c.y]; }

function exact(curves, parts, seen, logx) {
  const x = Float64Array.from(seen).sort(), at = new Map();
  x.forEach((v, i) => at.set(v, i));
  const columns = [x];
  curves.forEach((c, k) => {
    for (const y of columnsOf(c)) {
      const column = new Array(x.length).fill(null);
      for (let i = parts[k][0]; i < parts[k][1]; i++) if (!logx || c.x[i] > 0) column[at.get(c.x[i])] = y[i];
      columns.push(column);
    }
  });
  return columns;
}

function bucketed(curves, parts, min, max, logx) {
  const scale = logx ? Math.log : (v) => v, back = logx ? Math.exp : (v) => v;
  const from = scale(logx ? Math.max(min, Number.MIN_VALUE) : min), width = (scale(max) - from) / buckets;
  const x = Float64Array.from({ length: 2 * buckets }, (_, i) => back(from + width * (i / 2 + 0.25)));
  const columns = [x];
  curves.forEach((c, k) => {
    for (const y of columnsOf(c)) columns.push(fill(c.x, y, parts[k], (v) => Math.floor((scale(v) - from) / width), logx));
  });
  return columns;
}

// fill writes the least and the greatest value of each bucket in the order in which they come.
function fill(x, y, part, bucket, logx) {
  const column = new Array(2 * buckets).fill(null);
  const low = new Int32Array(buckets).fill(-1), high = new Int32Array(buckets).fill(-1);
  for (let i = part[0]; i < part[1]; i++) {
    if (y[i] === null || (logx && !(x[i] > 0))) continue;
    const b = Math.min(buckets - 1, Math.max(0, bucket(x[i])));
    if (low[b] < 0 || y[i] < y[low[b]]) low[b] = i;
    if (high[b] < 0 || y[i] > y[high[b]]) high[b] = i;
  }
  for (let b = 0; b < buckets; b++) {
    if (low[b] < 0) continue;
    column[2 * b] = y[Math.min(low[b], high[b])];
    column[2 * b + 1] = y[Math.max(low[b], high[b])];
  }
  return column;
}
