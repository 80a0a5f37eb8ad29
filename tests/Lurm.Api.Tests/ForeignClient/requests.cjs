// Asks a Lurm server for what a client needs, with a client library that knows nothing of Lurm; prints one JSON object of the answers.
const { o } = require('./o.js');
const root = process.argv[2];
const headers = more => new Headers({ 'Content-Type': 'application/json', ...more });
const lurm = () => o(root, { headers: headers() });
const status = async promise => { try { const answer = await promise; return answer.status ?? 200; } catch (refused) { return refused.status; } };

async function pages(resource, query, size) {
  const ids = [];
  let links = 0;
  let answer = await (await o(root, { headers: { Prefer: `odata.maxpagesize=${size}` } }).get(resource).fetch(query)).json();
  for (;;) {
    ids.push(...answer.value.map(user => user.Id));
    const next = answer['@odata.nextLink'];
    if (!next) return { ids, links };
    links++;
    answer = await (await o(next, { headers: { Prefer: `odata.maxpagesize=${size}` } }).get('').fetch()).json();
  }
}

(async () => {
  const out = {};
  out.metadata = await (await lurm().get('$metadata').fetch()).text();
  out.sets = (await lurm().get('').query()).map(set => set.name);
  out.filtered = (await lurm().get('Users').query({ $filter: "Country eq 'France' and EventCount ge 6", $orderby: 'EventCount desc,Id', $top: 5, $skip: 2, $select: 'Id,EventCount,Country' }));
  out.counted = await (await lurm().get('Users').fetch({ $count: true, $top: 1, $filter: "startswith(Id,'u00')" })).json();
  out.paged = await pages('Users', { $orderby: 'Age desc', $filter: "Country in ('France','Norway')" }, 37);
  out.one = await lurm().get("Users('u004')").query();
  out.periods = await lurm().get("Users('u004')/Periods").query();
  out.similar = await lurm().get("Users('u004')/Lurm.Similar(k=5)").query({ $filter: "Country eq 'Norway'" });
  out.explained = await lurm().get("Users('u004')/Lurm.Similar(k=2)").query({ $select: 'Id,Score,SharedInterests' });
  const seeds = Array.from({ length: 30 }, (_, n) => 'u' + String(2 * n).padStart(3, '0'));
  out.lookalike = await lurm().post('Users/Lurm.Lookalike', { seeds, size: 60, explain: true }).query();
  out.cold = await lurm().post('Users/Lurm.SimilarTo', { events: [{ item: 'tea-1', time: '2025-02-01T00:00:00Z' }], k: 4 }).query();
  out.saved = await lurm().post('Audiences/Lurm.Save', { id: 'tea', seeds, size: 60 }).query();
  out.members = await lurm().get("Audiences('tea')/Members").query({ $top: 7 });

  const tag = out.one['@odata.etag'];
  const change = (etag, age) => o(root, { headers: headers({ 'If-Match': etag }) }).patch("Users('u004')", { Age: age }).fetch();
  out.patched = await status(change(tag, 77));
  out.stale = await status(change(tag, 78));
  out.age = (await lurm().get("Users('u004')").query({ $select: 'Age' })).Age;

  out.unknownProperty = await status(lurm().get('Users').query({ $filter: 'Nope eq 1' }));
  out.expanded = await status(lurm().get('Users').query({ $expand: 'Periods' }));
  out.nobody = await status(lurm().get("Users('nobody')").query());

  out.batch = await lurm().get("Users('u001')").get("Users('u005')/Lurm.Similar(k=3)").get("Users('nobody')").batch();
  out.changes = await lurm().patch("Users('u006')", { Country: 'Chad' }).batch();
  out.changed = (await lurm().get("Users('u006')").query()).Country;
  out.deleted = await status(lurm().delete("Audiences('tea')").fetch());
  process.stdout.write(JSON.stringify(out));
})().catch(async fault => {
  process.stderr.write(fault?.text ? `${fault.status} ${fault.url} ${await fault.text()}` : String(fault?.stack ?? fault));
  process.exit(1);
});
