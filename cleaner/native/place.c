/* How lines stand in their page: cleaner.model.features.place. */
#include "network.h"

#include <math.h>

#define BODY_COST 60.0
#define FARTHEST 60.0f
enum { ROOTS = 9 };
static const int REACHES[2] = {8, 32};

/* Find the stretch of lines that holds most running text, each line costing so many characters: features._body. */
static void find_body(const double *running, Py_ssize_t n, Py_ssize_t *start, Py_ssize_t *stop)
{
    double least = 0, most = 0;
    *start = *stop = 0;
    Py_ssize_t lowest = 0;
    for (Py_ssize_t i = 1; i <= n; i++) {
        double net = -BODY_COST * (double)(i - 1) + running[i] - BODY_COST;
        if (net < least) {
            least = net;
            lowest = i;
        }
        if (net - least > most) {
            most = net - least;
            *start = lowest;
            *stop = i;
        }
    }
}

int place(const Own *own, const int64_t *stay, Py_ssize_t n, const int64_t *blanks, float *x)
{
    double *sums = PyMem_RawMalloc((size_t)(n + 1) * 2 * sizeof(double));
    if (!sums)
        return -1;
    double *running = sums + n + 1;
    Py_ssize_t count = 0;
    sums[0] = running[0] = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_ssize_t at = stay[i];
        sums[i + 1] = sums[i] + own->weight[at];
        running[i + 1] = running[i] + (own->prose[at] ? own->weight[at] : 0);
        count += own->prose[at];
    }
    Py_ssize_t start, stop, block = 0;
    find_body(running, n, &start, &stop);
    double total = sums[n], typical = running[n] / (double)(count > 1 ? count : 1);
    if (typical == 0)
        typical = total / (double)n;
    const float per_typical = (float)(1 / typical), per_line = (float)(1 / (double)n), per_total = (float)(1 / total);
    for (Py_ssize_t i = 0; i < n; i++) {
        float *roots = x + i * PLACED, *rest = roots + ROOTS;
        int gap = i && blanks[stay[i]] != blanks[stay[i - 1]];
        if (i == 0 || gap)
            for (block = i + 1; block < n && blanks[stay[block]] == blanks[stay[block - 1]];)
                block++;
        if (i == 0 || gap)
            roots[0] = (float)(block - i);
        else
            roots[0] = (roots - PLACED)[0];
        roots[1] = (float)i;
        roots[2] = (float)(n - 1 - i);
        roots[3] = i < start ? (float)(start - i) : 0;
        roots[4] = i > stop - 1 ? (float)(i - (stop - 1)) : 0;
        for (int r = 0; r < 2; r++) {
            Py_ssize_t high = i + REACHES[r] + 1 < n ? i + REACHES[r] + 1 : n, low = i > REACHES[r] ? i - REACHES[r] : 0;
            double lines = 1 / (double)(2 * REACHES[r] + 1);
            roots[5 + r] = (float)((sums[high] - sums[low]) * lines);
            roots[7 + r] = (float)((running[high] - running[low]) * lines);
        }
        for (int r = 0; r < 5; r++)
            roots[r] = roots[r] < FARTHEST ? roots[r] : FARTHEST;
        rest[0] = i >= start && i < stop;
        rest[1] = own->weight[stay[i]] * per_typical;
        rest[1] = rest[1] < 3 ? rest[1] : 3;
        rest[2] = (float)i * per_line;
        rest[3] = (float)sums[i + 1] * per_total;
        rest[4] = (float)gap;
        rest[5] = i + 1 == n || blanks[stay[i + 1]] != blanks[stay[i]];
    }
    for (Py_ssize_t i = 0; i < n; i++) /* not above: several at once have to wait for what was just written one by one */
        take_roots(x + i * PLACED, ROOTS);
    PyMem_RawFree(sums);
    return 0;
}
