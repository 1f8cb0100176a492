#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Whether TAP::Parser, which `prove` is made of, reads a document without complaint and every diagnostic as YAML.
#
#   check_tap.pl STATUS FILE.tap
use strict;
use warnings;
use TAP::Parser;

my ($status, $file) = @ARGV;
open(my $handle, '<', $file) or die "$file: $!\n";
my $text = do { local $/; <$handle> };
my $parser = TAP::Parser->new({tap => $text});
my ($failed, $diagnostics) = (0, 0);
while (my $result = $parser->next) {
    $failed++ if $result->is_test && !$result->is_ok;
    $diagnostics++ if $result->is_yaml && ref $result->data eq 'HASH' && $result->data->{message};
    die "$file: not TAP: " . $result->as_string . "\n" if $result->is_unknown;
}
die "$file: $_\n" for $parser->parse_errors;
die "$file: $failed points failed, $diagnostics say why\n" if $failed != $diagnostics;
die "$file: $failed points failed, kss exited with $status\n" if ($failed == 0) != ($status == 0);
printf "%s: %d points, %d failed, as prove counts\n", $file, $parser->tests_run, $failed;
