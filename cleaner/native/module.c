/* cleaner.native._kernels: the module, and what its files share. */
#include "native.h"

void *take_buffer(Buffers *held, PyObject *object, Py_ssize_t items, size_t size, int writable)
{
    if (held->count == MOST_BUFFERS) {
        PyErr_SetString(PyExc_ValueError, "too many arrays");
        return NULL;
    }
    Py_buffer *view = &held->views[held->count];
    if (PyObject_GetBuffer(object, view, writable ? PyBUF_CONTIG : PyBUF_CONTIG_RO) < 0)
        return NULL;
    held->count++;
    if (view->len % (Py_ssize_t)size || (items >= 0 && view->len / (Py_ssize_t)size != items)) {
        PyErr_Format(PyExc_ValueError, "an array of %zd bytes where %zd things of %zu are expected", view->len, items, size);
        return NULL;
    }
    return view->buf;
}

void let_go(Buffers *held)
{
    while (held->count)
        PyBuffer_Release(&held->views[--held->count]);
}

static PyMethodDef methods[] = {
    {"look", native_look, METH_VARARGS, "cleaner.model.own.look"},
    {"score", native_score, METH_VARARGS, "cleaner.model.network.Network.score"},
    {"judge", native_judge, METH_VARARGS, "cleaner.model.features.place and cleaner.model.network.Network.score"},
    {NULL, NULL, 0, NULL},
};

static int fill(PyObject *module)
{
    return PyModule_AddIntConstant(module, "API", NATIVE_API);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, fill},
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_kernels", "The loops of the package that cost most, in C.", 0, methods, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__kernels(void)
{
    return PyModuleDef_Init(&definition);
}
