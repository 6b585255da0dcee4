/* A program as it runs on an older processor: CPUID denies AVX-512, VNNI, bfloat16 and AMX.
 *
 * What is fast on a new server may owe it to instructions that most machines lack. Libraries ask
 * the processor by CPUID what it has; here that instruction faults (arch_prctl, Linux on x86-64,
 * processors and hypervisors with the flag cpuid_fault) and the handler answers for an AVX2 machine.
 *
 *     gcc -O1 -shared -fPIC -o older_processor.so benchmarks/older_processor.c
 *     LD_PRELOAD=$PWD/older_processor.so python benchmarks/pipeline.py
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define ARCH_CPUID 0x1012
#define BIT(n) (1u << (n))

static void answer(int signal_number, siginfo_t *info, void *context) {
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    const unsigned char *code = (const unsigned char *)registers[REG_RIP];
    if (code[0] != 0x0f || code[1] != 0xa2) { /* a true fault: let it be one */
        signal(signal_number, SIG_DFL);
        return;
    }
    unsigned leaf = registers[REG_RAX], part = registers[REG_RCX], a, b, c, d;
    syscall(SYS_arch_prctl, ARCH_CPUID, 1);
    __cpuid_count(leaf, part, a, b, c, d);
    syscall(SYS_arch_prctl, ARCH_CPUID, 0);
    if (leaf == 7 && part == 0) {
        b &= ~(BIT(16) | BIT(17) | BIT(21) | BIT(26) | BIT(27) | BIT(28) | BIT(30) | BIT(31));
        c &= ~(BIT(1) | BIT(6) | BIT(11) | BIT(12) | BIT(14));
        d &= ~(BIT(2) | BIT(3) | BIT(8) | BIT(22) | BIT(23) | BIT(24) | BIT(25));
    } else if (leaf == 7 && part == 1) { /* AVX-VNNI, AVX512-BF16, AMX-FP16 and their like */
        a &= ~(BIT(4) | BIT(5) | BIT(21));
        d &= ~(BIT(4) | BIT(5) | BIT(10));
    } else if (leaf == 13 && part == 0) { /* states that the system saves */
        a &= ~((7u << 5) | (3u << 17));
    }
    registers[REG_RAX] = a;
    registers[REG_RBX] = b;
    registers[REG_RCX] = c;
    registers[REG_RDX] = d;
    registers[REG_RIP] += 2;
}

__attribute__((constructor)) static void begin(void) {
    struct sigaction action = {.sa_sigaction = answer, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL);
    if (syscall(SYS_arch_prctl, ARCH_CPUID, 0)) {
        perror("older_processor: this machine cannot make CPUID fault");
        exit(1);
    }
}
