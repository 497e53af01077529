/* Objects of classes written in Python that are nothing but slots: one pointer after another behind the head. */
#include "slots.h"

PyObject *slots_copy(PyObject *template)
{
    PyTypeObject *cls = Py_TYPE(template);
    PyObject *copied = (PyObject *)PyObject_GC_New(PyObject, cls);
    if (copied == NULL)
        return NULL;
    LOCKED(template)
    PyObject **from = (PyObject **)(template + 1), **to = (PyObject **)(copied + 1);
    for (PyObject **end = (PyObject **)((char *)template + cls->tp_basicsize); from < end; from++, to++) {
        Py_XINCREF(*from);
        *to = *from;
    }
    UNLOCKED()
    PyObject_GC_Track(copied);
    return copied;
}
