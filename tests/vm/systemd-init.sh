#!/bin/bash
# systemd-init.sh - the first process of a guest whose service manager is systemd: arranges that the tests run as a service, and becomes
# systemd.
[[ $$ -eq 1 ]] || exit 1
export PATH=/usr/sbin:/usr/bin
. /t/new-root.sh
units=/etc/systemd/system
mkdir -p $units/multi-user.target.wants
cat >$units/tests.service <<'UNIT'
[Unit]
After=systemd-logind.service dbus.service
Requires=systemd-logind.service dbus.service
[Service]
Type=exec
ExecStart=/bin/bash /t/systemd-guest.sh
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
UNIT
ln -sf ../tests.service $units/multi-user.target.wants/
ln -sf /lib/systemd/system/multi-user.target $units/default.target
for unit in serial-getty@ systemd-hwdb-update systemd-udevd systemd-udev-trigger; do
	ln -sf /dev/null $units/$unit.service
done
chown 1000:1000 /home/user
chmod 755 /t
exec /lib/systemd/systemd --log-level=warning --show-status=no
