#!/usr/bin/env python3
"""Score ranked retrieval runs against judgements, fuse them, and compare them.

Standard library only.

  qrels  tab-separated `query-id corpus-id score` with a header line, or TREC `qid 0 docid grade`
  run    TREC lines `qid Q0 docid rank score tag`; the rank column is ignored, the score decides

A judged query without results counts as 0. Ties in score are broken by document id, descending, as
trec_eval does. With several runs the first one is the baseline of a paired randomisation test.
"""

import argparse
import itertools
import math
import random
import sys
from collections import defaultdict
from pathlib import Path


def read_qrels(path):
    """{query: {document: grade}}"""
    qrels = defaultdict(dict)
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        fields = line.split()
        if not fields or fields[0] == "query-id":
            continue
        if len(fields) not in (3, 4):
            raise SystemExit(f"error: {path}:{number}: expected 3 or 4 fields, found {len(fields)}")
        qrels[fields[0]][fields[-2]] = int(fields[-1])
    return dict(qrels)


def read_run(path):
    """{query: [document, …]} with the best first"""
    scores = defaultdict(dict)
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        fields = line.split()
        if not fields:
            continue
        if len(fields) != 6:
            raise SystemExit(f"error: {path}:{number}: expected 6 fields, found {len(fields)}")
        query, _, document, _, score, _ = fields
        if document in scores[query]:
            raise SystemExit(f"error: {path}:{number}: `{document}` occurs twice for query `{query}`")
        scores[query][document] = float(score)
    return {q: order(docs) for q, docs in scores.items()}


def order(scores):
    return sorted(scores, key=lambda document: (scores[document], document), reverse=True)


def fuse(runs, constant=60):
    """Reciprocal rank fusion: score(d) = sum over runs of 1 / (constant + rank of d)."""
    fused = {}
    for query in {q for run in runs for q in run}:
        scores = defaultdict(float)
        for run in runs:
            for rank, document in enumerate(run.get(query, []), 1):
                scores[document] += 1 / (constant + rank)
        fused[query] = order(scores)
    return fused


def dcg(grades):
    return sum(grade / math.log2(place + 1) for place, grade in enumerate(grades, 1) if grade > 0)


def measure(ranking, judged, k):
    """The measures of one query. `judged` maps documents to grades; a grade of 1 or more is relevant."""
    grades = [judged.get(document, 0) for document in ranking]
    relevant = sum(grade > 0 for grade in judged.values())
    ideal = dcg(sorted(judged.values(), reverse=True)[:k])
    hits, precision_sum, first = 0, 0.0, 0
    for place, grade in enumerate(grades, 1):
        if grade > 0:
            hits += 1
            precision_sum += hits / place
            first = first or place
    return {
        f"nDCG@{k}": dcg(grades[:k]) / ideal if ideal else 0.0,
        f"recall@{k}": sum(g > 0 for g in grades[:k]) / relevant if relevant else 0.0,
        f"hit@{k}": float(any(g > 0 for g in grades[:k])),
        "RR": 1 / first if first else 0.0,
        "AP": precision_sum / relevant if relevant else 0.0,
        f"judged@{k}": sum(d in judged for d in ranking[:k]) / max(1, len(ranking[:k])),
    }


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else 0.0


def randomisation_test(differences, samples=10_000):
    """Two-sided p value of the mean difference under random signs; exact up to 14 non-zero differences."""
    differences = [d for d in differences if d != 0]
    if not differences:
        return 1.0
    observed = abs(sum(differences)) - 1e-12
    if len(differences) <= 14:
        signs = list(itertools.product((1, -1), repeat=len(differences)))
        return mean(abs(sum(s * d for s, d in zip(row, differences))) >= observed for row in signs)
    rng = random.Random(7)
    extreme = sum(abs(sum(d if rng.random() < 0.5 else -d for d in differences)) >= observed for _ in range(samples))
    return (extreme + 1) / (samples + 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--qrels", required=True, help="file with judgements")
    parser.add_argument("--run", required=True, action="append", help="run file; give it several times to compare")
    parser.add_argument("--fuse", action="store_true", help="add the reciprocal rank fusion of all runs")
    parser.add_argument("-k", type=int, default=10, help="cut-off (default 10)")
    parser.add_argument("--per-query", action="store_true", help="print one line per query")
    parser.add_argument("--fail-under", type=float, metavar="X", help="exit with 1 if nDCG of the last run is below X")
    args = parser.parse_args()
    if args.k < 1:
        parser.error("-k is at least 1")

    try:
        qrels = read_qrels(args.qrels)
        runs = {Path(path).name: read_run(path) for path in args.run}
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if args.fuse:
        runs["fused"] = fuse(list(runs.values()))

    results = {name: {q: measure(run.get(q, []), judged, args.k) for q, judged in qrels.items()}
               for name, run in runs.items()}
    names = list(measure([], {}, args.k))
    width = max(len(name) for name in results)
    print(f"{'run':{width}}  " + "  ".join(f"{name:>9}" for name in names) + "   p(nDCG)")
    baseline = next(iter(results.values()))
    for name, by_query in results.items():
        means = [mean(m[measure_name] for m in by_query.values()) for measure_name in names]
        p = randomisation_test([by_query[q][names[0]] - baseline[q][names[0]] for q in qrels])
        tail = "" if by_query is baseline else f"   {p:.3f}"
        print(f"{name:{width}}  " + "  ".join(f"{value:9.4f}" for value in means) + tail)
    if args.per_query:
        print()
        for query in qrels:
            cells = "  ".join(f"{name}={by_query[query][names[0]]:.3f}" for name, by_query in results.items())
            print(f"{query}  {cells}")
    last = mean(m[names[0]] for m in by_query.values())
    if args.fail_under is not None and last < args.fail_under:
        print(f"{names[0]} of `{name}` is {last:.4f}, below {args.fail_under}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
