#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void constructor(void)
{
	printf("constructed\n");
	for (;;)
		pause();
}

void run(void)
{
	printf("run\n");
}
