/* The one function of bcryptprimitives.dll that Rust and Go programs ask for, for a wine without
 * that library: wine's own generator, under the name that Windows 10 has for it. */
#include <windows.h>
#include <ntsecapi.h>
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T size) {
    return RtlGenRandom(bytes, (ULONG)size);
}
