# Versions on stdin, one a line; for each a line of how it stands to every one: `<`, `=`, `>`, or `?` for no version.
use strict;
use warnings;
use Dpkg::Version;

my @versions;
while (my $line = <STDIN>) {
    chomp $line;
    # This takes a colon at the end, which dpkg itself refuses.
    push @versions, $line =~ /:$/ ? undef : scalar Dpkg::Version->new($line, check => 1);
}
for my $left (@versions) {
    print join('', map { defined $left && defined $_ ? ('<', '=', '>')[($left <=> $_) + 1] : '?' } @versions), "\n";
}
