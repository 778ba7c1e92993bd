<?php
/**
 * Called by WordPress when the plugin is deleted: tells the app and removes all that was kept.
 *
 * @package Reprise
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

require_once __DIR__ . '/includes/autoload.php';

Reprise\Tables::name_them();
Reprise\Lifecycle::uninstall();
