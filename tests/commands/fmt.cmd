# shipped policies are laid out
sbxc fmt --check .
cat >"$tmp/p.sbx" <<'POLICY'
# head


sbx   1
import "x.sbx"   # why
param    dir :path   at load   about "x"
group @a = read,write ,
   close # c1
profile local/x(  version:string="3",
name : string )   {

  allow read "${dir}"

}
policy    p   version "1"    {

      targets linux,macos   # a
  entry "/usr/bin/true" # bb
	# own
  isolate none
  allow read  "/a"   if-exists   except   {  "/a/b","/a/c"  }
  allow read {
  "/x"   because "r" # l
     # inner
    "/y", "/z" if-exists


    "/w" if-exists because "s"
    "/longer"   if-exists
  # last
  }
  use local/x( version : "3" ,name:"y" )   # é
  deny syscall socket where   domain in(AF_INET,AF_INET6) and type&SOCK_TYPE_MASK==SOCK_RAW or not(protocol==0 )
  deny syscall mmap where prot has PROT_EXEC | PROT_WRITE
  on linux,arch aarch64{ limit pids 3 }
  allow env A,B,
  # between
      "LC_*"
  # sbx: allow(no-reason) a silence stays with its line
  allow syscall ptrace
  test "u" {
  given dir="/d"
      expect deny  connect   tcp "1.1.1.1:443"

  } # end
}
POLICY
sbxc fmt --stdout "$tmp/p.sbx"
sbxc fmt - <"$tmp/p.sbx" | tail -n 3
sbxc fmt --check "$tmp/p.sbx"
# through a link, with its mode; then nothing is left to do, and nothing is touched
ln -s p.sbx "$tmp/link.sbx"
chmod 640 "$tmp/p.sbx"
sbxc fmt "$tmp/link.sbx"
stat -c '%F %a' "$tmp/link.sbx" "$tmp/p.sbx"
touch -d @0 "$tmp/p.sbx"
sbxc fmt "$tmp/p.sbx"
sbxc fmt --check "$tmp/p.sbx" "$tmp/link.sbx"
stat -c %Y "$tmp/p.sbx"
ls "$tmp"
# a fault in the syntax: refused, as it was; what cannot be written; wrong use
echo 'policy {' >"$tmp/bad.sbx"
sbxc fmt "$tmp/bad.sbx"
cat "$tmp/bad.sbx"
sbxc fmt "$tmp/missing.sbx"
sbxc fmt
sbxc fmt --check --stdout "$tmp/p.sbx"
