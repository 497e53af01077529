/* libFuzzer on the compiled codec: one Python for the whole run, and no bytecode between libFuzzer and the codec.
 *
 * An input is [row, class, changes, (attribute, value) * changes, message...], each of one byte but the last. The
 * message is read as a record of that class; `changes` of its attributes become values of a pool of what records must
 * not hold, or barely may; what is left is written. The module $KX_TARGETS, which is `native_targets.py` or
 * `native_serving.py`, makes rows, classes and the pool. Aborts when
 * - anything is raised but a refusal, want of memory, or what an object of the pool raises;
 * - what was written has another size than was said, or cannot be read again.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_CHANGES 3

PyMODINIT_FUNC PyInit__native(void);

typedef struct {
    PyObject *decode, *encode, *size; /* (cls, bytes), (record), (record) */
    PyObject *classes;                /* tuple of (cls, tuple of attributes) */
} Row;

static Row *rows;
static size_t row_count;
static PyObject *pool;    /* tuple */
static PyObject *refused; /* raised where the codec would call Python */
static unsigned long long inputs, records, written_again;

static void die(const char *what)
{
    fprintf(stderr, "%s\n", what);
    if (PyErr_Occurred())
        PyErr_Print();
    abort();
}

static PyObject *refuse(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyErr_SetNone(refused);
    return NULL;
}

static PyMethodDef REFUSE = {"refuse", (PyCFunction)(void (*)(void))refuse, METH_FASTCALL | METH_KEYWORDS, "Refuse."};

static void tell(void)
{
    printf("%llu inputs, %llu of them read, %llu written and read again\n", inputs, records, written_again);
}

static void check(PyStatus status)
{
    if (PyStatus_Exception(status))
        Py_ExitStatusException(status);
}

/* Start the Python whose executable is in $KX_PYTHON, with the codec under test as one of its own modules. */
static void start(void)
{
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    config.install_signal_handlers = 0;
    check(PyConfig_SetBytesString(&config, &config.program_name, getenv("KX_PYTHON")));
    if (PyImport_AppendInittab("kitexgen.runtime.wire._native", PyInit__native) < 0)
        die("no room for a module");
    check(Py_InitializeFromConfig(&config));
    PyConfig_Clear(&config);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    start();
    refused = PyErr_NewException("native_driver.Refused", NULL, NULL);
    PyObject *targets = PyImport_ImportModule(getenv("KX_TARGETS"));
    PyObject *found = targets == NULL ? NULL
        : PyObject_CallMethod(targets, "prepare", "N", PyCFunction_New(&REFUSE, NULL));
    PyObject *every;
    if (found == NULL || !PyArg_ParseTuple(found, "O!O!", &PyTuple_Type, &every, &PyTuple_Type, &pool))
        die("the targets are not to be had");
    row_count = (size_t)PyTuple_GET_SIZE(every);
    rows = calloc(row_count, sizeof(Row));
    for (size_t at = 0; at < row_count; at++)
        if (!PyArg_ParseTuple(PyTuple_GET_ITEM(every, (Py_ssize_t)at), "OOOO!", &rows[at].decode, &rows[at].encode,
                              &rows[at].size, &PyTuple_Type, &rows[at].classes))
            die("a row is not as it should be");
    atexit(tell); /* `found` keeps all of it */
    return 0;
}

/* `made`; when it is NULL, after a look at the reason. */
static PyObject *allowed(PyObject *made, const char *doing)
{
    if (made != NULL) {
        if (PyErr_Occurred())
            die(doing);
        return made;
    }
    if (!PyErr_ExceptionMatches(refused) && !PyErr_ExceptionMatches(PyExc_MemoryError)
        && !PyErr_ExceptionMatches(PyExc_KeyboardInterrupt))
        die(doing);
    PyErr_Clear();
    return NULL;
}

/* Put things of the pool in the place of attributes; what a frozen record or a slot refuses stays. */
static void spoil(PyObject *record, PyObject *attributes, const uint8_t *changes, size_t count)
{
    for (size_t at = 0; at < count; at++) {
        PyObject *name = PyTuple_GET_ITEM(attributes, changes[2 * at] % PyTuple_GET_SIZE(attributes));
        if (PyObject_SetAttr(record, name, PyTuple_GET_ITEM(pool, changes[2 * at + 1] % PyTuple_GET_SIZE(pool))) < 0)
            PyErr_Clear();
    }
}

static void write_again(const Row *row, PyObject *cls, PyObject *record)
{
    PyObject *bytes = allowed(PyObject_CallOneArg(row->encode, record), "encode");
    PyObject *size = allowed(PyObject_CallOneArg(row->size, record), "encoded_size");
    if (bytes != NULL && size != NULL) {
        if (PyLong_AsSsize_t(size) != PyBytes_Size(bytes))
            die("the size is not that of what is written");
        PyObject *given[] = {cls, bytes};
        PyObject *again = allowed(PyObject_Vectorcall(row->decode, given, 2, NULL), "decode again");
        if (again == NULL)
            die("what was written is not read");
        written_again++;
        Py_DECREF(again);
    }
    Py_XDECREF(bytes);
    Py_XDECREF(size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    const Row *row = rows + data[0] % row_count;
    PyObject *pair = PyTuple_GET_ITEM(row->classes, data[1] % PyTuple_GET_SIZE(row->classes));
    PyObject *cls = PyTuple_GET_ITEM(pair, 0), *attributes = PyTuple_GET_ITEM(pair, 1);
    size_t changes = data[2] % (MAX_CHANGES + 1);
    if (size < 3 + 2 * changes)
        return 0;
    const uint8_t *message = data + 3 + 2 * changes;
    PyObject *bytes = PyBytes_FromStringAndSize((const char *)message, (Py_ssize_t)(data + size - message));
    if (bytes == NULL)
        die("no memory for an input");
    PyObject *given[] = {cls, bytes};
    inputs++;
    PyObject *record = allowed(PyObject_Vectorcall(row->decode, given, 2, NULL), "decode");
    if (record != NULL) {
        records++;
        if (PyTuple_GET_SIZE(attributes) > 0)
            spoil(record, attributes, data + 3, changes);
        write_again(row, cls, record);
        Py_DECREF(record);
    }
    Py_DECREF(bytes);
    return 0;
}
