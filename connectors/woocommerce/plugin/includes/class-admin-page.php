<?php
/**
 * The page in the dashboard: before connecting where to, afterwards the panel in a frame.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * For those who may manage the shop.
 */
class Admin_Page {

	const SLUG       = 'reprise';
	const CAPABILITY = 'manage_woocommerce';
	const CONNECT    = 'reprise_connect';

	/**
	 * Listen.
	 *
	 * @return void
	 */
	public static function hook() {
		add_action( 'admin_menu', array( __CLASS__, 'add' ) );
		add_action( 'admin_post_' . self::CONNECT, array( __CLASS__, 'connect' ) );
		add_action( 'admin_enqueue_scripts', array( __CLASS__, 'add_style' ) );
	}

	/**
	 * Add the page to the menu, below WooCommerce's own.
	 *
	 * @return void
	 */
	public static function add() {
		add_menu_page( 'Reprise', 'Reprise', self::CAPABILITY, self::SLUG, array( __CLASS__, 'show' ), 'dashicons-controls-repeat', '56.5' );
		add_submenu_page( self::SLUG, 'Reprise', __( 'Panel', 'reprise-for-woocommerce' ), self::CAPABILITY, self::SLUG, array( __CLASS__, 'show' ) );
	}

	/**
	 * The page's own style, there alone.
	 *
	 * @param string $page Which page is shown.
	 * @return void
	 */
	public static function add_style( $page ) {
		if ( false !== strpos( $page, self::SLUG ) ) {
			wp_enqueue_style( 'reprise-admin', plugins_url( 'assets/admin.css', REPRISE_FILE ), array(), REPRISE_VERSION );
		}
	}

	/**
	 * Show the panel, or how to get it.
	 *
	 * @return void
	 */
	public static function show() {
		if ( ! current_user_can( self::CAPABILITY ) ) {
			return;
		}
		if ( Connection::is_made() ) {
			self::show_panel();
		} else {
			self::show_connect();
		}
	}

	/**
	 * The panel in its frame. The token is good for a minute and one load.
	 *
	 * @return void
	 */
	private static function show_panel() {
		printf(
			'<div class="reprise-panel"><h1 class="screen-reader-text">Reprise</h1><iframe src="%s" title="%s" referrerpolicy="origin" allow="clipboard-write"></iframe></div>',
			esc_url( Launch::address() ),
			esc_attr__( 'The Reprise panel', 'reprise-for-woocommerce' )
		);
	}

	/**
	 * What connecting does, and the button.
	 *
	 * @return void
	 */
	private static function show_connect() {
		echo '<div class="wrap"><h1>Reprise</h1><div class="card"><h2>' . esc_html__( 'Connect your store', 'reprise-for-woocommerce' ) . '</h2>';
		echo '<p>' . esc_html__( 'Reprise follows up for you: left carts, first orders, customers who have not been here for long. Connecting leads to the app, and back to WooCommerce, which asks you whether the app may read orders, customers and products and make coupons.', 'reprise-for-woocommerce' ) . '</p>';
		if ( ! get_option( 'permalink_structure' ) ) {
			echo '<p class="reprise-warning">' . esc_html__( 'Your store uses plain permalinks, with which WooCommerce takes no keys. Choose another form under Settings, Permalinks first.', 'reprise-for-woocommerce' ) . '</p>';
		}
		echo '<form method="post" action="' . esc_url( admin_url( 'admin-post.php' ) ) . '"><input type="hidden" name="action" value="' . esc_attr( self::CONNECT ) . '">';
		wp_nonce_field( self::CONNECT );
		self::show_address();
		submit_button( __( 'Connect', 'reprise-for-woocommerce' ) );
		echo '</form></div></div>';
	}

	/**
	 * The app's address: a field, or what wp-config.php says.
	 *
	 * @return void
	 */
	private static function show_address() {
		printf(
			'<p><label for="reprise-app-url">%s</label><br><input type="url" class="regular-text code" id="reprise-app-url" name="app_url" value="%s" required placeholder="https://"%s></p>',
			esc_html__( 'Address of the app', 'reprise-for-woocommerce' ),
			esc_attr( Connection::app_url() ),
			Connection::is_app_fixed() ? ' readonly' : ''
		);
	}

	/**
	 * Keep the address and lead there.
	 *
	 * @return void
	 */
	public static function connect() {
		check_admin_referer( self::CONNECT );
		if ( ! current_user_can( self::CAPABILITY ) ) {
			wp_die( esc_html__( 'You may not do this.', 'reprise-for-woocommerce' ), '', array( 'response' => 403 ) );
		}
		$named = isset( $_POST['app_url'] ) ? esc_url_raw( wp_unslash( $_POST['app_url'] ), array( 'http', 'https' ) ) : '';
		if ( ! Connection::is_app_fixed() && '' !== $named ) {
			Connection::keep( array( 'app_url' => untrailingslashit( $named ) ) );
		}
		if ( '' === Connection::app_url() ) {
			wp_safe_redirect( admin_url( 'admin.php?page=' . self::SLUG ) );
			exit;
		}
		// The app is at another host, which the merchant has just named.
		wp_redirect( Connection::app_url() . '/woocommerce/install?store_url=' . rawurlencode( home_url() ) ); // phpcs:ignore WordPress.Security.SafeRedirect.wp_redirect_wp_redirect -- see above.
		exit;
	}
}
