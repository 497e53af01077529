/* Is this interpreter laid out as `layout.h` has it? */
#include "layout.h"

#if KX_LAYOUT

PyASCIIObject layout_ascii;

static int same(PyObject *made, PyObject *known)
{
    int equal = made != NULL && known != NULL ? PyObject_RichCompareBool(made, known, Py_EQ) : -1;
    if (equal == 1 && (PyObject_Hash(made) != PyObject_Hash(known) || Py_REFCNT(made) != Py_REFCNT(known)))
        equal = 0;
    Py_XDECREF(made);
    Py_XDECREF(known);
    return equal;
}

static int check_int(int64_t value)
{
    PyObject *known = PyLong_FromLongLong(value);
    int64_t read = 0;
    if (known == NULL)
        return -1;
    if (!int_value(known, &read) || read != value) {
        Py_DECREF(known);
        return 0;
    }
    return same(int_new(value), known);
}

static int check_ints(void)
{
    for (int shift = 0; shift < 64; shift++)
        for (int off = -1; off <= 1; off++) {
            int64_t value = (int64_t)((1ULL << shift) + (uint64_t)(int64_t)off);
            int equal = check_int(value);
            if (equal == 1)
                equal = check_int((int64_t)(0 - (uint64_t)value));
            if (equal != 1)
                return equal;
        }
    return 1;
}

static int check_texts(void)
{
    static const char text[] = "every good layout deserves to be checked";
    PyObject *known = PyUnicode_New(2, 127);
    if (known == NULL)
        return -1;
    memcpy(&layout_ascii, known, sizeof(PyASCIIObject));
    Py_DECREF(known);
    for (Py_ssize_t size = 2; size < (Py_ssize_t)sizeof(text); size++) {
        PyObject *made = ascii_new(size);
        if (made == NULL)
            return -1;
        memcpy(ascii_text(made), text, (size_t)size);
        if (!PyUnicode_IS_COMPACT_ASCII(made) || PyUnicode_DATA(made) != ascii_text(made))
            return 0;
        int equal = same(made, PyUnicode_FromStringAndSize(text, size));
        if (equal != 1)
            return equal;
    }
    return 1;
}

#endif

int layout_check(void)
{
#if KX_LAYOUT
    int right = Py_Version >> 16 == PY_VERSION_HEX >> 16 ? 1 : 0;
    if (right == 1)
        right = check_ints();
    if (right == 1)
        right = check_texts();
    if (right == 1)
        right = same(float_new(-1.5), PyFloat_FromDouble(-1.5));
    if (right == 1)
        return 0;
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ImportError, "this interpreter lays its objects out in another way than expected");
    return -1;
#else
    return 0;
#endif
}
